/** What must hold between units and the books kept about them: results, endings, postings. */
import { type JobId, unitIdOf } from '@manyhands/protocol';
import type { StoredResult } from './change-set.ts';
import { creditCeiling } from './credit.ts';
import type { Snapshot, Violation } from './invariants.ts';
import type { Job } from './job.ts';
import { hasEnded, type Replica, type UnitRef, type WorkUnit } from './work-unit.ts';

const idOf = ({ job, index }: UnitRef): string => unitIdOf(job, index);

export function booksViolations(snapshot: Snapshot, jobs: ReadonlyMap<JobId, Job>): Violation[] {
  const units = new Map(snapshot.units.map((unit) => [idOf(unit), unit]));
  return [
    ...repeated(snapshot.results, (result) => `${result.no}${result.late ? ' late' : ''}`, 'I4', 'two results of one replica'),
    ...repeated(snapshot.endings, () => 'end', 'I8', 'it ended twice'),
    ...repeated(snapshot.postings, (posting) => `${posting.no} ${posting.kind}`, 'I22', 'one result was posted twice'),
    ...snapshot.results
      .filter((result) => !isOfHolder(result, replicaOf(units, result)))
      .map(at('I2', 'a result is not of the host that holds its lease, or not what was sent')),
    ...snapshot.endings
      .filter((ending) => units.get(idOf(ending))?.state.kind !== ending.state)
      .map(at('I8', 'its ending is not the state it is in')),
    ...missingEndings(snapshot),
    ...postingViolations(snapshot, units, jobs),
  ];
}

const at =
  (rule: string, message: string) =>
  (ref: UnitRef): Violation => ({ rule, subject: idOf(ref), message });

function repeated<Row extends UnitRef>(rows: readonly Row[], keyOf: (row: Row) => string, rule: string, message: string): Violation[] {
  const seen = new Set<string>();
  return rows.filter((row) => seen.size === seen.add(`${idOf(row)} ${keyOf(row)}`).size).map(at(rule, message));
}

const replicaOf = (units: ReadonlyMap<string, WorkUnit>, row: UnitRef & { readonly no: number }): Replica | undefined =>
  units.get(idOf(row))?.replicas[row.no];

/** I2, I16: the result's lease is that replica's, and a counted one is what the replica says it returned. */
function isOfHolder(result: StoredResult, replica: Replica | undefined): boolean {
  if (replica === undefined || replica.kind === 'ready') return false;
  const isHolders = replica.lease === result.lease && replica.host === result.host && replica.account === result.account;
  if (!isHolders || result.body.kind === 'error') return isHolders;
  const digest = replica.kind === 'lost' ? replica.lateDigest : replica.kind === 'leased' ? undefined : replica.digest;
  return digest === result.body.digest;
}

function missingEndings({ units, endings }: Snapshot): Violation[] {
  const ended = new Set(endings.map(idOf));
  return units.filter((unit) => hasEnded(unit) && !ended.has(idOf(unit))).map(at('I3', 'it has ended and no ending is stored'));
}

/** I22: one posting for each valid result and none else, but what was taken back whole. I25: bounded by the task's own limit. */
function postingViolations({ units, postings }: Snapshot, byId: ReadonlyMap<string, WorkUnit>, jobs: ReadonlyMap<JobId, Job>): Violation[] {
  const granted = postings.filter((posting) => posting.kind === 'valid-result');
  const posted = new Set(granted.map((posting) => `${idOf(posting)} ${posting.no}`));
  const takenBack = new Map(
    postings.filter(({ kind }) => kind === 'revocation').map((posting) => [`${idOf(posting)} ${posting.no}`, posting]),
  );
  const isValid = (replica: Replica | undefined) => replica?.kind === 'judged' && replica.valid;
  const boundOf = (job: JobId) => {
    const { timeoutMs } = jobs.get(job)?.limits ?? { timeoutMs: 0 };
    return creditCeiling(timeoutMs);
  };
  return [
    ...units
      .filter((unit) => unit.replicas.some((replica) => isValid(replica) && !posted.has(`${idOf(unit)} ${replica.no}`)))
      .map(at('I22', 'a valid result was not posted')),
    ...granted
      .filter((posting) => isValid(replicaOf(byId, posting)) === takenBack.has(`${idOf(posting)} ${posting.no}`))
      .map(at('I22', 'a result that is not valid was posted, or one that is was taken back')),
    ...granted
      .filter(
        (posting) => (takenBack.get(`${idOf(posting)} ${posting.no}`)?.microcredits ?? -posting.microcredits) !== -posting.microcredits,
      )
      .map(at('I23', 'more or less was taken back than was granted')),
    ...[...takenBack.entries()]
      .filter(([key]) => !posted.has(key))
      .map(([, posting]) => at('I23', 'what was never granted was taken back')(posting)),
    ...granted
      .filter(({ job, microcredits }) => !Number.isSafeInteger(microcredits) || microcredits < 0 || microcredits > boundOf(job))
      .map(at('I25', 'a posting is out of bounds')),
  ];
}
