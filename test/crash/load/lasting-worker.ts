/** A worker that lives through many lives of the coordinator: it computes nothing, answers at once, and forgets nothing that was not acknowledged. */
import { createKeyPair, createSecret, digestOf, type KeyPair } from '@manyhands/identity';
import type { Assign, AssignedLease, Downstream, LeaseId, LeaseResult, Payload } from '@manyhands/protocol';
import { ScriptedWorker } from '../../../packages/coordinator/test/scripted-worker.ts';
import type { Witness } from './witness.ts';

/** So many it wishes to hold. */
const WISH = 100;
/** So many acknowledged results it sends once more when it comes back (I4). */
const REPEATED = 10;
/** Every so many-th output is a blob. */
const BLOB_EVERY = 16;
const BLOB_BYTES = 900;

export class LastingWorker {
  readonly #witness: Witness;
  readonly #key: KeyPair = createKeyPair();
  readonly #accountSecret = createSecret();
  /** Submitted, and not answered yet. */
  readonly #held = new Map<LeaseId, LeaseResult>();
  /** Answered, the latest ones. */
  #done: LeaseResult[] = [];
  #socket: ScriptedWorker | null = null;
  #url = '';

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** Works there until the connection ends. `onAcknowledged`: whenever something was acknowledged that was not before. */
  async work(url: string, onAcknowledged: () => void): Promise<void> {
    this.#url = url;
    using worker = new ScriptedWorker(url, { key: this.#key, accountSecret: this.#accountSecret });
    this.#socket = worker;
    try {
      await worker.greet();
      await this.#return(worker);
      for (;;) await this.#hear(worker, await worker.take('assign', 'recorded', 'no-work', 'revoke', 'drain', 'renewed'), onAcknowledged);
    } catch (error) {
      const { code } = await worker.closed;
      // 1005, 1006: it was killed. 1012, 1013: it said that it stops.
      if (![1005, 1006, 1012, 1013].includes(code)) throw new Error(`a worker was sent away with ${code}`, { cause: error });
    }
  }

  leave(): void {
    this.#socket?.[Symbol.dispose]();
  }

  /** What it holds, and of what it was told already a little once more. */
  async #return(worker: ScriptedWorker): Promise<void> {
    const held = [...this.#held.values()];
    worker.send({ type: 'reconcile', leases: held.map(({ lease, job, index }) => ({ lease, job, index })), more: false });
    await worker.take('reconciled');
    for (const results of [held, this.#done.slice(-REPEATED)]) if (results.length > 0) worker.send({ type: 'submit', results });
    worker.send({ type: 'request-work', replicas: WISH });
  }

  async #hear(worker: ScriptedWorker, frame: Downstream, onAcknowledged: () => void): Promise<void> {
    if (frame.type === 'assign') worker.send({ type: 'submit', results: await this.#compute(frame) });
    if (frame.type !== 'recorded') return;
    for (const { lease, outcome } of frame.results) this.#witness.heard(lease, outcome);
    const news = frame.results.flatMap(({ lease }) => this.#held.get(lease) ?? []);
    for (const { lease } of news) this.#held.delete(lease);
    this.#done = [...this.#done, ...news].slice(-REPEATED);
    if (news.length > 0) onAcknowledged();
    worker.send({ type: 'request-work', replicas: WISH });
  }

  async #compute({ job, leases }: Assign): Promise<LeaseResult[]> {
    const results: LeaseResult[] = [];
    for (const { lease, index, input } of leases) {
      const output = await this.#output({ lease, index, input }, job);
      const result: LeaseResult = { lease, job, index, status: 'ok', output, elapsedMs: 1 };
      this.#witness.submitted.set(lease, { job, index, output });
      this.#held.set(lease, result);
      results.push(result);
    }
    return results;
  }

  /** Where two accounts must agree, the same for all; else as unlike any other as a lease, so that it cannot be taken for another's. */
  async #output({ lease, index, input }: AssignedLease, job: string): Promise<Payload> {
    if (String(input).startsWith('"agree')) return JSON.stringify(`${input} computed`);
    const text = JSON.stringify(`answer ${index} under ${lease}`);
    if (index % BLOB_EVERY > 0) return text;
    const body = text.padEnd(BLOB_BYTES);
    const blob = digestOf(body);
    const query = `job=${job}&index=${index}`;
    const answer = await fetch(`${this.#url}/v1/blobs/${blob}?${query}`, {
      method: 'PUT',
      body,
      headers: { authorization: `Lease ${lease}` },
    });
    await answer.arrayBuffer();
    // The lease may have ended meanwhile, or the disk be full: the answer itself will do.
    if (!answer.ok) return text;
    this.#witness.blobs.add(blob);
    return { blob, bytes: BLOB_BYTES };
  }
}
