/**
 * The coordinator killed again and again under load, and looked at each time. A cycle: maybe a start that is killed on its way up (the second kill
 * during recovery); a start that gets up; workers and an author come back and go on; a kill; the audit, on a copy, so that the next start finds what
 * the kill left. The same seed draws the same kills; when they hit is up to the machine.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { Chance } from '../simulation/chance.ts';
import { auditCopy } from './audit.ts';
import { CoordinatorProcess } from './coordinator-process.ts';
import { Load } from './load/load.ts';
import { killingAt, type WritingCall } from './strace.ts';
import { openWorkshop } from './workshop.ts';

/** Of the calls that a start makes on its way up, about as many as it makes. */
const CALLS_OF_A_START: readonly { readonly call: WritingCall; readonly most: number }[] = [
  { call: 'pwrite64', most: 24 },
  { call: 'fsync', most: 5 },
  { call: 'ftruncate', most: 1 },
  { call: 'rename', most: 2 },
  { call: 'unlink', most: 2 },
];
const LONGEST_LIFE_MS = 400;
/** A stop in order, killed at any moment of it, takes about so long. */
const LONGEST_STOP_MS = 60;
/** After so many the books are so large that the audit takes longer than the life. */
const CYCLES_A_PROJECT = 25;

export interface Cycle {
  /** In words, for a failing test. */
  readonly kills: string;
  readonly killed: number;
  /** Starts that were killed on their way up. */
  readonly killedStarts: number;
  /** From the start of the process until it listened. */
  readonly startMs: number;
  /** Acknowledged in all lives so far, and looked for. */
  readonly results: number;
  readonly violations: readonly string[];
}

export interface KillPlan {
  readonly cycles: number;
  /** How often a cycle begins with a start that is killed. */
  readonly killedStarts: number;
}

export async function* killLoop({ cycles, killedStarts }: KillPlan, chance: Chance): AsyncGenerator<Cycle, void, void> {
  for (let from = 0; from < cycles; from += CYCLES_A_PROJECT) {
    await using workshop = await openWorkshop();
    const load = new Load();
    for (let i = from; i < Math.min(cycles, from + CYCLES_A_PROJECT); i++) yield await runCycle(workshop.path, load, chance, killedStarts);
  }
}

async function runCycle(data: string, load: Load, chance: Chance, killedStarts: number): Promise<Cycle> {
  const kills: string[] = [];
  while (chance.isTrue(killedStarts)) kills.push((await killStart(data, chance)) ?? 'as it got up');
  const early = kills.filter((kill) => kill.startsWith('at start-up')).length;
  const startedAt = performance.now();
  await using coordinator = new CoordinatorProcess({ data });
  const url = await coordinator.url;
  if (url === null) throw new Error(`after ${kills.join(', ')} it did not start:\n${(await coordinator.ended).said}`);
  const startMs = performance.now() - startedAt;
  await load.begin(url, data);
  kills.push(await killUnderLoad(coordinator, chance));
  await load.end();
  const { results, violations } = await auditCopy(data, load.witness);
  return { kills: kills.join(', '), killed: kills.length, killedStarts: early, startMs, results, violations };
}

/** null: it made fewer such calls, got up, and was killed as it did. */
async function killStart(data: string, chance: Chance): Promise<string | null> {
  const { call, most } = chance.pick(CALLS_OF_A_START);
  const nth = chance.int(1, most);
  await using coordinator = new CoordinatorProcess({ data, under: killingAt(call, nth) });
  return (await coordinator.url) === null ? `at start-up before ${call} ${nth}` : null;
}

async function killUnderLoad(coordinator: CoordinatorProcess, chance: Chance): Promise<string> {
  const lifeMs = chance.real() * LONGEST_LIFE_MS;
  await after(lifeMs);
  const told = `${Math.round(lifeMs)} ms after the first acknowledgement`;
  if (!chance.isTrue(0.2)) {
    await coordinator.kill();
    return told;
  }
  const stoppingMs = chance.real() * LONGEST_STOP_MS;
  await coordinator.signal('SIGTERM');
  await after(stoppingMs);
  await coordinator.kill();
  return `${told} told to stop and ${Math.round(stoppingMs)} ms later`;
}
