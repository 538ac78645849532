/** What was said, as both sides heard it: what only traffic can show. What the books say against it is for the inspection. */

import { digestOf } from '@manyhands/identity';
import type { Digest, Downstream, HostId, JobId, LeaseId, LeaseResult } from '@manyhands/protocol';
import type { Violation } from '../../packages/coordinator/src/domain/invariants.ts';
import { OUTPUT_BYTES } from './output-bytes.ts';

export interface Acknowledged {
  readonly host: HostId;
  readonly lease: LeaseId;
  readonly outcome: string;
  /** null: it was an error, or larger than allowed, which is one. */
  readonly digest: Digest | null;
}

export interface StoredChunk {
  readonly job: JobId;
  readonly chunk: number;
  readonly firstIndex: number;
  readonly count: number;
  readonly digest: Digest;
}

/** What was promised until some moment. */
export interface Memory {
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  readonly chunks: ReadonlyMap<string, StoredChunk>;
  readonly jobs: ReadonlyMap<string, JobId>;
  readonly assigned: ReadonlyMap<LeaseId, HostId>;
  readonly cancelled: ReadonlySet<JobId>;
  readonly promised: ReadonlyMap<LeaseId, number>;
  readonly servedMs: number;
}

export class Witness {
  readonly violations: Violation[] = [];
  /** By lease and answer: what its host was told first. */
  acknowledged = new Map<string, Acknowledged>();
  chunks = new Map<string, StoredChunk>();
  /** By author and key. */
  jobs = new Map<string, JobId>();
  /** Leases that a host was told of. */
  assigned = new Map<LeaseId, HostId>();
  #cancelled = new Set<JobId>();
  /** By lease: until when the host may rely on it, in time the coordinator was there for. */
  #promised = new Map<LeaseId, number>();
  readonly #sweepMs: number;
  /** How often a backup was restored. */
  age = 0;
  /** Time the coordinator was there. */
  /** Of every life and every restored backup: one may know of a lease that its host was told of only afterwards. */
  readonly #given = new Map<LeaseId, HostId>();
  #servedMs = 0;
  /** What no sweep can notice: see `forgiveSweeps`. */
  #slackMs = 0;

  constructor(sweepMs: number) {
    this.#sweepMs = sweepMs;
  }

  accuse(rule: string, subject: string, message: string): void {
    this.violations.push({ rule, subject, message });
  }

  /** The coordinator was there for so much longer. */
  served(ms: number): void {
    this.#servedMs += ms;
  }

  /** A jump of up to three sweeps looks like a busy machine, so leases may be shorter by so much (lease-sweeper.ts). */
  forgiveSweeps(): void {
    this.#slackMs += 4 * this.#sweepMs;
  }

  /** I30: nobody keeps a lease for longer than one, whatever clocks did. */
  left(lease: LeaseId, leftMs: number, leaseMs: number): void {
    const tooLongMs = leftMs - leaseMs;
    if (tooLongMs > 0) this.accuse('I30', lease, `it lasts ${tooLongMs} ms longer than a lease may`);
  }

  /** What a backup made now knows of. */
  remember(): Memory {
    return {
      ...{
        acknowledged: new Map(this.acknowledged),
        chunks: new Map(this.chunks),
        jobs: new Map(this.jobs),
        assigned: new Map(this.assigned),
      },
      ...{ cancelled: new Set(this.#cancelled), promised: new Map(this.#promised), servedMs: this.#servedMs },
    };
  }

  /** That backup was restored: what was promised since is void, by everybody's leave. What a lease had left then it has left now. */
  goBack({ cancelled, promised, servedMs, ...memory }: Memory): void {
    this.age++;
    this.acknowledged = new Map(memory.acknowledged);
    this.chunks = new Map(memory.chunks);
    this.jobs = new Map(memory.jobs);
    this.assigned = new Map(memory.assigned);
    this.#cancelled = new Set(cancelled);
    this.#promised = new Map([...promised].map(([lease, until]) => [lease, until + this.#servedMs - servedMs]));
  }

  /** The coordinator speaks. */
  sent(host: HostId, frame: Downstream): void {
    if (frame.type === 'assign') {
      if (this.#cancelled.has(frame.job)) this.accuse('I36', frame.job, `a lease was given to ${host} after its cancel was acknowledged`);
      for (const { lease } of frame.leases) {
        this.assigned.set(lease, host);
        this.#given.set(lease, host);
        this.#promise(lease, frame.leaseMs);
      }
    }
    if (frame.type === 'renewed') for (const { lease, leaseMs } of frame.leases) this.#promise(lease, leaseMs);
  }

  #promise(lease: LeaseId, ms: number): void {
    this.#promised.set(lease, Math.max(this.#promised.get(lease) ?? 0, this.#servedMs + ms));
  }

  /** I34, I35: whatever clocks did, a lease lasts as long as its host was told. */
  expired(lease: LeaseId): void {
    const earlyMs = (this.#promised.get(lease) ?? 0) - this.#slackMs - this.#servedMs;
    if (earlyMs > 0) this.accuse('I34', lease, `it expired ${earlyMs} ms before the time its host was told`);
  }

  /** EN6, I4: one answer for each result, in order, and the same one whenever it is repeated. */
  answered(host: HostId, results: readonly LeaseResult[], answers: readonly { readonly lease: LeaseId; readonly outcome: string }[]): void {
    const isAnswer = results.length === answers.length && results.every(({ lease }, i) => lease === answers[i]?.lease);
    if (!isAnswer) this.accuse('EN6', host, 'the answers are not those to what it submitted');
    else for (const [i, result] of results.entries()) this.#note(host, result, answers[i]?.outcome as string);
  }

  #note(host: HostId, result: LeaseResult, outcome: string): void {
    const { lease } = result;
    const isOutput = result.status === 'ok' && typeof result.output === 'string' && result.output.length <= OUTPUT_BYTES;
    const digest = isOutput ? digestOf(result.output as string) : null;
    const key = `${host} ${lease} ${digest ?? result.status}`;
    const first = this.acknowledged.get(key);
    if (first === undefined) this.acknowledged.set(key, { host, lease, outcome, digest });
    else if (first.outcome !== outcome) this.accuse('I4', lease, `it was answered ${first.outcome}, and ${outcome} when it was repeated`);
    if (outcome !== 'unknown' && this.#given.get(lease) !== host)
      this.accuse('I14', lease, `${host} was answered ${outcome}, and was never given this lease`);
  }

  cancelled(job: JobId): void {
    this.#cancelled.add(job);
  }

  /** The same key means the same job, for ever. */
  created(author: string, key: string, job: JobId): void {
    const name = `${author} ${key}`;
    const first = this.jobs.get(name);
    if (first !== undefined && first !== job) this.accuse('EN26', job, `its key belongs to ${first}`);
    this.jobs.set(name, job);
  }

  /** I5: once, and nothing else in its place. */
  appended(chunk: StoredChunk): void {
    const name = `${chunk.job} ${chunk.chunk}`;
    const first = this.chunks.get(name);
    if (first !== undefined && (first.firstIndex !== chunk.firstIndex || first.digest !== chunk.digest))
      this.accuse('I5', name, 'the chunk was acknowledged twice, and not as the same');
    this.chunks.set(name, chunk);
  }
}
