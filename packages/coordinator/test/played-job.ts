/** A whole job played through the engine by hosts who answer as they like, and the evidence that is left of it. */
import type { EvidenceLine, JobId, VerifyPolicy } from '@manyhands/protocol';
import { digestOf } from '@manyhands/testkit';
import { toJobLine, toUnitLine } from '../src/http/views/evidence-view.ts';
import { assigned } from './assigned.ts';
import { okResult, type Volunteer, World } from './engine-world.ts';

export interface Play {
  readonly verify: VerifyPolicy;
  readonly units?: number;
  readonly hosts?: number;
  /** What host `n` (from 0) says of a unit; `nth`: of all that this host was ever given. null: it fails. */
  readonly answer?: (host: number, index: number, nth: number) => string | null;
  readonly agree?: (a: string, b: string) => boolean;
  /** What the referee computes, and the check passes. */
  readonly right?: (index: number) => string;
}

export const rightAnswer = (index: number): string => `answer ${index}`;

export interface PlayedJob {
  readonly world: World;
  readonly job: JobId;
  /** As `GET /v1/jobs/:id/evidence` sends it. */
  readonly lines: EvidenceLine[];
}

export async function playJob({
  verify,
  units = 20,
  hosts = 3,
  answer = (_, index) => rightAnswer(index),
  agree,
  right = rightAnswer,
}: Play): Promise<PlayedJob> {
  const world = await World.open({ verify, limits: { firstQuota: 8, quotaPerHost: 4 } });
  const indexIn = (seed: string): number => Number(seed.split('/')[1]);
  world.judge.truth = (seed) => {
    const output = right(indexIn(seed));
    return { kind: 'computed', digest: digestOf(output), output };
  };
  world.judge.answer = ({ seed, output }) => ({ kind: output === right(indexIn(seed)) ? 'valid' : 'invalid' });
  if (agree !== undefined) world.judge.agree = (a, b) => agree(String(a), String(b));
  const job = await world.job({ inputs: { kind: 'index', count: units } });
  const volunteers = await Promise.all(Array.from({ length: hosts }, (_, n) => world.host(n + 1)));
  await playOut(world, volunteers, answer);
  return { world, job, lines: evidenceOf(world, job) };
}

/** Until nobody is given anything any more. */
async function playOut(world: World, volunteers: readonly Volunteer[], answer: NonNullable<Play['answer']>): Promise<void> {
  const given = new Map<number, number>();
  for (let idle = 0; idle < 3; ) {
    let done = 0;
    for (const [n, volunteer] of volunteers.entries()) {
      await volunteer.ask(4);
      const leases = assigned(volunteer);
      const results = leases.map(({ lease, job, index }) => {
        const nth = given.get(n) ?? 0;
        given.set(n, nth + 1);
        const said = answer(n, index, nth);
        const ref = { lease, job, index };
        return said === null
          ? { ...ref, status: 'error' as const, kind: 'thrown' as const, message: 'no', elapsedMs: 1 }
          : okResult(ref, said);
      });
      if (results.length > 0) await volunteer.receive({ type: 'submit', results });
      done += leases.length;
    }
    idle = done === 0 ? idle + 1 : 0;
    await world.advance(2_000);
  }
}

function evidenceOf(world: World, job: JobId): EvidenceLine[] {
  const { units, results } = world.store.tables;
  const resultsOf = Map.groupBy(results.values(), ({ index }) => index);
  const ordered = [...units.values()].sort((a, b) => a.index - b.index);
  return [
    toJobLine(world.jobRow(job), world.limits),
    ...ordered.map((unit) => toUnitLine(unit, resultsOf.get(unit.index) ?? [])),
    { type: 'end' },
  ];
}
