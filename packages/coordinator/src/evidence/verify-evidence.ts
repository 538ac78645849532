/**
 * Evidence read line by line and every verdict in it counted again with the coordinator's own rules (I15), by anybody, anywhere. It is in this order:
 *   job · unit… by index · end                what `GET /v1/jobs/:id/evidence` sends
 *   output… · outputs-end                     what was delivered, when it is to be held against the verdicts too
 */
import { digestOf } from '@manyhands/identity';
import { type Digest, type EvidenceLine, type EvidenceOf, evidenceLineSchema, type JobId, unitIdOf } from '@manyhands/protocol';
import { ClaimedChecks } from '../domain/claimed-checks.ts';
import type { Violation } from '../domain/invariants.ts';
import { POLICY_VERSION } from '../domain/policy-version.ts';
import { evidenceViolations } from '../domain/verdict-recount.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import { unitIn } from './evidence-lines.ts';

export interface EvidenceReport {
  /** null: the evidence does not begin with a job. */
  readonly job: EvidenceOf<'job'> | null;
  /** Units that were ever handed out. */
  readonly units: number;
  /** Those that have one: final or failed. */
  readonly verdicts: number;
  readonly justified: number;
  /** Delivered outputs that were held against the verdict on their unit; null: none came with the evidence. */
  readonly outputs: number | null;
  /** Empty: every verdict is justified. */
  readonly violations: readonly Violation[];
}

/** Reads to the end, however much is wrong; never rejects but for what `lines` throws. */
export async function verifyEvidence(lines: AsyncIterable<string>): Promise<EvidenceReport> {
  const check = new EvidenceCheck();
  let place = 0;
  for await (const line of lines) {
    place++;
    if (line === '') continue;
    const read = readLine(line);
    if (typeof read === 'string') check.blame(`line ${place}`, read);
    else check.add(read, `line ${place}`);
  }
  return check.report();
}

/** A string: what is wrong with it. */
function readLine(line: string): EvidenceLine | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return 'it is cut off, or no JSON';
  }
  const parsed = evidenceLineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `it is no evidence in a form that is known here: ${[...(issue?.path ?? []), issue?.message].join(' ')}`;
}

type JobLine = EvidenceOf<'job'>;

class EvidenceCheck {
  readonly #violations: Violation[] = [];
  readonly #claims = new ClaimedChecks();
  /** Final units whose output has not been seen yet. */
  readonly #awaited = new Map<number, Digest>();
  /** Units whose verdict is not what it should be. */
  readonly #unjustified = new Set<string>();
  #job: JobLine | null = null;
  #lastIndex = -1;
  #units = 0;
  #verdicts = 0;
  #final = 0;
  #isWhole = false;
  #outputs: number | null = null;

  add(line: EvidenceLine, place: string): void {
    if (line.type === 'job') this.#begin(line, place);
    else if (this.#job === null) this.blame(place, 'no job was named before it');
    else if (line.type === 'unit') this.#count(line, this.#job, place);
    else if (line.type === 'output') this.#compare(line, this.#job);
    else if (line.type === 'end') this.#isWhole = true;
    else this.#missOutputs(this.#job.job);
  }

  blame(subject: string, message: string): void {
    this.#violations.push({ rule: 'I15', subject, message });
  }

  report(): EvidenceReport {
    if (this.#job === null) this.blame('the evidence', 'it does not begin with a job');
    else this.#conclude(this.#job);
    return {
      job: this.#job,
      units: this.#units,
      verdicts: this.#verdicts,
      justified: this.#verdicts - this.#unjustified.size,
      outputs: this.#outputs,
      violations: this.#violations,
    };
  }

  #begin(line: JobLine, place: string): void {
    if (this.#job !== null) this.blame(place, 'it names a second job');
    this.#job ??= line;
    if (line.policyVersion === POLICY_VERSION) return;
    const known = `this program knows version ${POLICY_VERSION}`;
    this.blame(line.job, `its verdicts were given under version ${line.policyVersion} of the rules, and ${known}; use one that knows both`);
  }

  #count(line: EvidenceOf<'unit'>, job: JobLine, place: string): void {
    if (line.index > this.#lastIndex && line.index < job.unitCount) this.#recount(unitIn(line, job.job), line.results, job);
    else this.blame(place, `it tells of unit ${line.index} out of turn, twice, or beyond the end of the job`);
    this.#lastIndex = Math.max(this.#lastIndex, line.index);
  }

  #recount(unit: WorkUnit, receipts: EvidenceOf<'unit'>['results'], job: JobLine): void {
    const { state, index } = unit;
    const hasVerdict = state.kind === 'final' || state.kind === 'failed';
    this.#units++;
    if (hasVerdict) this.#verdicts++;
    if (state.kind === 'final') {
      this.#awaited.set(index, state.digest);
      this.#final++;
    }
    this.#claims.add(unit, job.verify);
    for (const violation of evidenceViolations(unit, receipts, job, job)) this.#refute(violation, hasVerdict);
  }

  /** An output whose unit was still open is no matter: it ended while the evidence was read. */
  #compare({ index, output }: EvidenceOf<'output'>, { job, endedAt }: JobLine): void {
    this.#outputs = (this.#outputs ?? 0) + 1;
    const believed = this.#awaited.get(index);
    const subject = unitIdOf(job, index);
    if (believed === undefined) {
      if (endedAt !== null) this.blame(subject, 'an output was delivered for it twice, or without a verdict');
    } else if ((typeof output === 'string' ? digestOf(output) : output.blob) !== believed)
      this.#refute({ rule: 'I15', subject, message: 'the output that was delivered is not the one that was believed' });
    this.#awaited.delete(index);
  }

  #missOutputs(job: JobId): void {
    this.#outputs ??= 0;
    for (const index of this.#awaited.keys())
      this.#refute({ rule: 'I15', subject: unitIdOf(job, index), message: 'its output was not delivered' });
  }

  #conclude({ job, endedAt, finalUnits }: JobLine): void {
    if (!this.#isWhole) this.blame(job, 'its evidence is cut off: the line that ends it is missing');
    else if (endedAt !== null && this.#final !== finalUnits)
      this.blame(job, `${finalUnits} of its units are final, and there is evidence for ${this.#final}`);
    for (const violation of this.#claims.violations()) this.#refute(violation);
  }

  #refute(violation: Violation, hasVerdict = true): void {
    this.#violations.push(violation);
    if (hasVerdict) this.#unjustified.add(violation.subject);
  }
}
