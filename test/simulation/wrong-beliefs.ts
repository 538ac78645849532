/**
 * Answers that no honest coordinator can have believed, for we know who lied: under `proof` any wrong one, under a quorum one that too few liars gave,
 * under `confidence` one where nobody lies. And checks that nobody made: a host is trusted for what was verified, never for what was not.
 */
import { unitIdOf } from '@manyhands/protocol';
import type { Violation } from '../../packages/coordinator/src/domain/invariants.ts';
import type { Job } from '../../packages/coordinator/src/domain/job.ts';
import type { WorkUnit } from '../../packages/coordinator/src/domain/work-unit.ts';
import type { Configuration } from './configuration.ts';
import type { GroundTruth } from './ground-truth.ts';
import type { Books } from './simulated-disk.ts';

export function wrongBeliefs(books: Books, configuration: Configuration, truth: GroundTruth): Violation[] {
  const jobs = new Map(books.jobs.map((job) => [job.id, job]));
  return [...impossibleAnswers(books, jobs, configuration, truth), ...uncheckedChecks(books, jobs)];
}

function impossibleAnswers(books: Books, jobs: ReadonlyMap<string, Job>, configuration: Configuration, truth: GroundTruth): Violation[] {
  const { hosts, isTolerant } = configuration;
  const liars = new Set(hosts.filter(({ lies }) => lies > 0).map(({ account }) => account)).size;
  const couldBeWrong = (job: Job): boolean => {
    if (job.verify.kind === 'proof') return false;
    if (job.verify.kind === 'confidence' || isTolerant) return liars > 0;
    return liars >= job.verify.k && (job.verify.k === 1 || configuration.features.has('collusion'));
  };
  const outputs = new Map<string, unknown>(
    books.results.flatMap(({ job, index, no, late, body }) =>
      body.kind === 'ok' ? [[`${job}/${index}/${no}/${late}`, body.output] as const] : [],
    ),
  );
  return books.endings
    .filter(({ job, state }) => state === 'final' && !couldBeWrong(jobs.get(job) as Job))
    .filter(({ job, index, no }) => {
      const output = outputs.get(`${job}/${index}/${no}/false`) ?? outputs.get(`${job}/${index}/${no}/true`);
      return output === undefined || !truth.isRight(unitIdOf(job, index), output);
    })
    .map(({ job, index }) => ({ rule: 'I15', subject: unitIdOf(job, index), message: 'a wrong answer is final that too few gave' }));
}

/** An answer counts as checked only where somebody else answered too, or the truth is known. */
function uncheckedChecks({ units, tallies = [] }: Books, jobs: ReadonlyMap<string, Job>): Violation[] {
  const isFounded = ({ replicas, truth }: WorkUnit): boolean =>
    typeof truth === 'string' || replicas.filter(({ kind }) => kind === 'returned' || kind === 'judged').length > 1;
  const found: Violation[] = units
    .filter((unit) => unit.replicas.some((replica) => replica.kind === 'judged' && replica.isChecked === true) && !isFounded(unit))
    .map(({ job, index }) => ({
      rule: 'I15',
      subject: unitIdOf(job, index),
      message: 'an answer counts as checked, and nobody has checked it',
    }));
  const answered = new Map<string, number>();
  for (const { job, replicas } of units)
    for (const replica of replicas)
      if (replica.kind === 'judged') answered.set(`${job} ${replica.host}`, (answered.get(`${job} ${replica.host}`) ?? 0) + 1);
  for (const { job, host, checks } of tallies)
    if (jobs.has(job) && checks > (answered.get(`${job} ${host}`) ?? 0))
      found.push({ rule: 'I15', subject: host, message: `it has passed ${checks} checks in ${job}, more than it gave answers` });
  return found;
}
