/** What the coordinator ever acknowledged, as those who were told remember it. It outlives every life of the coordinator. */
import type { Digest, JobId, LeaseId, Payload, RecordedOutcome, UnitsAccepted } from '@manyhands/protocol';

export interface Submitted {
  readonly job: JobId;
  readonly index: number;
  readonly output: Payload;
}

export interface AcknowledgedChunk {
  readonly job: JobId;
  readonly chunk: number;
  readonly firstIndex: number;
  readonly lines: string;
}

/** What must be in the books. */
export interface Promised {
  readonly results: ReadonlyMap<LeaseId, Submitted>;
  readonly chunks: readonly AcknowledgedChunk[];
  readonly blobs: ReadonlySet<Digest>;
}

export class Witness {
  readonly violations: string[] = [];
  readonly submitted = new Map<LeaseId, Submitted>();
  readonly outcomes = new Map<LeaseId, RecordedOutcome>();
  readonly chunks = new Map<string, AcknowledgedChunk>();
  readonly blobs = new Set<Digest>();
  /** Every acknowledgement of a chunk in order, repeated ones too. */
  readonly appends: AcknowledgedChunk[] = [];
  readonly #jobs = new Map<string, JobId>();

  /** I4: whatever a result was answered first is the answer for ever. */
  heard(lease: LeaseId, outcome: RecordedOutcome): void {
    const first = this.outcomes.get(lease);
    if (first === undefined) this.outcomes.set(lease, outcome);
    else if (first !== outcome) this.violations.push(`I4: ${lease} was answered ${first}, and ${outcome} when it was sent again`);
  }

  /** I5: once, and the same however often it is sent. */
  appended(job: JobId, lines: string, { chunk, firstIndex }: UnitsAccepted): void {
    const name = `${job} ${chunk}`;
    const first = this.chunks.get(name);
    this.appends.push({ job, chunk, firstIndex, lines });
    if (first === undefined) this.chunks.set(name, { job, chunk, firstIndex, lines });
    else if (first.firstIndex !== firstIndex)
      this.violations.push(`I5: chunk ${name} begins at ${firstIndex}, and at ${first.firstIndex} before`);
  }

  created(key: string, job: JobId): void {
    const first = this.#jobs.get(key);
    if (first === undefined) this.#jobs.set(key, job);
    else if (first !== job) this.violations.push(`I5: the key ${key} named job ${first}, and now ${job}`);
  }

  /** Results that were answered `recorded` or `late`: both are stored. */
  get promised(): Promised {
    const kept = [...this.outcomes].filter(([, outcome]) => outcome === 'recorded' || outcome === 'late');
    return {
      results: new Map(kept.map(([lease]) => [lease, this.submitted.get(lease) as Submitted])),
      chunks: [...this.chunks.values()],
      blobs: this.blobs,
    };
  }
}
