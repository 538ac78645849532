/** The default policy against real liars: four honest volunteers, one that always lies, and one that is honest until its word counts. */
import { digestOf } from '@manyhands/identity';
import { encodeValue, type JobView } from '@manyhands/protocol';
import { connect, type UnitResult } from '@manyhands/task-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findViolations } from '../../packages/coordinator/src/domain/invariants.ts';
import { ENTRANCE_CHECKS, isEstablished, isSuspended, type Standing } from '../../packages/coordinator/src/domain/standing.ts';
import { type Books, readBooks } from '../books.ts';
import { GridProcesses } from '../grid-processes.ts';
import walk, { endOfWalk } from './fixtures/walk.task.ts';

/**
 * So few units that no host can pass the checks it would take for its word alone to be final at one wrong answer in 10,000: every answer gets a
 * second word, every lie meets the truth, and nothing here hangs on luck.
 */
const STARTS = Array.from({ length: 200 }, (_, start) => start);
const HONEST = ['ada', 'ben', 'cleo', 'dora'];

interface Outcome {
  readonly view: JobView;
  readonly results: readonly UnitResult<number, number>[];
  readonly books: Books;
  /** What `manyhands verify` said. */
  readonly verified: Record<string, unknown>;
}

let processes: GridProcesses;

beforeEach(async () => {
  processes = await GridProcesses.open();
  await Promise.all([
    processes.startLiar('brazen', { kind: 'constant', wakesAt: 0 }),
    processes.startLiar('sleeper', { kind: 'off-by-one', wakesAt: ENTRANCE_CHECKS }),
    ...HONEST.map((name) => processes.startVolunteer(name)),
  ]);
});

afterEach(async () => {
  await processes?.[Symbol.asyncDispose]();
});

/** A job among liars from its first unit to its last; `disturb` is called once, when half of the units have an answer. */
async function runAmongLiars(disturb: () => Promise<void> = async () => {}): Promise<Outcome> {
  await using grid = await connect({ authorFile: processes.authorFile });
  const job = grid.map(walk, STARTS);
  const answered = async () => {
    const { final, provisional } = (await job.progress()).units;
    return final + provisional;
  };
  await expect.poll(answered, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(STARTS.length / 2);
  await disturb();
  const results = await job;
  const view = await job.progress();
  const verified = await processes.command('verify', view.id);
  await processes.stopCoordinator();
  return { view, results, verified, books: await readBooks(processes.coordinatorFolder, view.id) };
}

/** Only right answers, and books in which nothing contradicts anything. */
function expectBelievable({ view, results, verified, books }: Outcome): void {
  expect(view.state).toBe('done');
  expect(results.map(({ index, output }) => [index, output])).toEqual(STARTS.map((start) => [start, endOfWalk(start)]));
  expect(findViolations(books)).toEqual([]);
  expect(verified).toMatchObject({ verdicts: STARTS.length, justified: STARTS.length, outputs: STARTS.length, violations: [] });
}

/** What the books say of one volunteer. */
interface Conduct {
  readonly name: string;
  readonly right: number;
  readonly lies: number;
  /** Microcredits, granted less taken back. */
  readonly credit: number;
  readonly creditForLies: number;
  /** Checks passed, ever. */
  readonly verified: number;
  readonly convictions: number;
  readonly isTrusted: boolean;
  readonly isSuspended: boolean;
  readonly isBanned: boolean;
}

const RIGHT = STARTS.map((start) => digestOf(encodeValue(endOfWalk(start))));

function conductOf(standing: Standing, { names, jobs, results, postings }: Books): Conduct {
  const { host, verified, convictions, isBanned } = standing;
  const own = results.filter((result) => result.host === host && result.body.kind === 'ok');
  const lies = own.filter(({ index, body }) => body.kind === 'ok' && body.digest !== RIGHT[index]);
  const earned = postings.filter((posting) => posting.host === host);
  const sum = (some: typeof earned): number => some.reduce((total, { microcredits }) => total + microcredits, 0);
  return {
    name: names.get(host) ?? host,
    right: own.length - lies.length,
    lies: lies.length,
    credit: sum(earned),
    creditForLies: sum(earned.filter(({ index, no }) => lies.some((lie) => lie.index === index && lie.no === no))),
    verified,
    convictions,
    isTrusted: isEstablished(standing),
    isSuspended: isSuspended(standing, jobs[0]?.endedAt ?? 0),
    isBanned,
  };
}

/** The liars are caught and nobody else is; who was right is paid, and a lie pays nothing. */
function expectJustice({ books }: Outcome): void {
  const conducts = new Map(books.standings.map((standing) => conductOf(standing, books)).map((conduct) => [conduct.name, conduct]));
  expect(conducts.get('brazen')).toMatchObject({ right: 0, verified: 0, convictions: 0, credit: 0, isTrusted: false });
  expect(conducts.get('brazen')?.lies).toBeGreaterThan(0);
  expect(conducts.get('sleeper')).toMatchObject({ creditForLies: 0, isTrusted: false, isSuspended: true });
  expect(conducts.get('sleeper')?.lies).toBeGreaterThan(0);
  expect(conducts.get('sleeper')?.convictions).toBeGreaterThan(0);
  for (const name of HONEST) {
    expect(conducts.get(name)).toMatchObject({ lies: 0, convictions: 0, isSuspended: false, isBanned: false });
    expect(conducts.get(name)?.credit).toBeGreaterThan(0);
  }
}

/** What it cost is told, and bounded loosely: how many answers are lies and checks depends on who was how fast. */
function expectModestCost({ view, books }: Outcome): void {
  console.info(`${view.resultsPerUnit} results per unit, ${(view.finishedAt ?? 0) - view.createdAt} ms`);
  console.table(books.standings.map((standing) => conductOf(standing, books)));
  expect(view.resultsPerUnit).toBeLessThan(4);
}

test('[JB5] among liars the default policy gives right answers only, catches them, and pays the honest', async () => {
  const outcome = await runAmongLiars();
  expectBelievable(outcome);
  expectJustice(outcome);
  expectModestCost(outcome);
}, 120_000);

test('[JB6] kill -9 of the coordinator in the middle helps no liar', async () => {
  const outcome = await runAmongLiars(async () => {
    await processes.killCoordinator();
    await processes.startCoordinator();
  });
  expectBelievable(outcome);
  expectJustice(outcome);
  expectModestCost(outcome);
}, 120_000);
