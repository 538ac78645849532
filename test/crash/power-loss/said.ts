/** What was acknowledged by one thing that a coordinator said: read off the bytes it wrote to its sockets. */
import type { Digest, LeaseId } from '@manyhands/protocol';
import type { AcknowledgedChunk, Promised, Submitted, Witness } from '../load/witness.ts';

const RECORDED = /"lease":"(\w+)","outcome":"(?:recorded|late)"/g;
const STORED = /\{"digest":"(sha256:[0-9a-f]{64})","bytes":\d+\}/g;
const ACCEPTED = /\{"chunk":\d+,"firstIndex":\d+,"count":\d+,"repeated":(?:true|false)\}/g;

/** Grows with what is said; at any moment it is what must be in the books. */
export class SaidSoFar implements Promised {
  readonly results = new Map<LeaseId, Submitted>();
  readonly chunks: AcknowledgedChunk[] = [];
  readonly blobs = new Set<Digest>();
  readonly #witness: Witness;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** True: it acknowledged something. */
  add(text: string): boolean {
    const before = this.count;
    for (const [, lease = ''] of text.matchAll(RECORDED)) {
      const submitted = this.#witness.submitted.get(lease as LeaseId);
      if (submitted !== undefined) this.results.set(lease as LeaseId, submitted);
    }
    for (const [, digest = ''] of text.matchAll(STORED)) this.blobs.add(digest as Digest);
    // The author sends one chunk at a time, so that the answers come in the order in which it noted them.
    for (const _ of text.matchAll(ACCEPTED)) {
      const chunk = this.#witness.appends[this.chunks.length];
      if (chunk !== undefined) this.chunks.push(chunk);
    }
    return this.count > before;
  }

  get count(): number {
    return this.results.size + this.chunks.length + this.blobs.size;
  }
}
