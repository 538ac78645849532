/**
 * Streams a job's inputs to the coordinator: one chunk under way, the next one being made meanwhile.
 * A chunk keeps its number through every retry, so that the coordinator stores it once (I5).
 */
import type { Digest, JobId } from '@manyhands/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BoundedBlobs } from '../http/bounded-blobs.ts';
import type { CoordinatorApi } from '../http/coordinator-api.ts';
import type { Timing } from '../http/patience.ts';
import { chunksOf, type Encode, type InputChunk } from './chunks.ts';
import { checkInput, encodeInput } from './input-encoder.ts';
import type { Inputs } from './ranges.ts';

const UPLOADS_AT_ONCE = 4;

export interface UnitSenderParts {
  readonly api: CoordinatorApi;
  readonly blobs: BoundedBlobs;
  readonly timing: Timing;
  readonly schema: StandardSchemaV1;
  /** Told after each chunk that is durable at the coordinator: inputs sent so far. */
  readonly onSent?: ((count: number) => void) | undefined;
}

export class UnitSender {
  readonly #parts: UnitSenderParts;
  readonly #job: JobId;
  #chunkNumber: number;
  #row = 0;
  #sent = 0;

  constructor(job: JobId, parts: UnitSenderParts, firstChunk = 0) {
    this.#job = job;
    this.#parts = parts;
    this.#chunkNumber = firstChunk;
  }

  /** Resolves when all of these inputs are durable at the coordinator. `close`: no more will come. `checked`: they fit the schema. */
  async send(inputs: Inputs<unknown>, { close, checked = false }: { close: boolean; checked?: boolean }): Promise<void> {
    const chunks = chunksOf(inputs, checked ? this.#encodeChecked : this.#encode, this.#parts.timing);
    try {
      let next = chunks.next();
      for (;;) {
        const { value: chunk } = await next;
        if (!chunk) return;
        next = chunks.next();
        // It may fail while this chunk is still under way; the failure is met at the loop's next turn.
        next.catch(() => {});
        await this.#post(chunk, close);
      }
    } finally {
      await chunks.return();
    }
  }

  readonly #encode: Encode<unknown> = (value) => {
    const row = this.#row++;
    const checked = checkInput(this.#parts.schema, value, row);
    return checked === undefined ? encodeInput(value, row) : checked.then(() => encodeInput(value, row));
  };
  readonly #encodeChecked: Encode<unknown> = (value) => encodeInput(value, this.#row++);

  async #post({ lines, blobs, last }: InputChunk, close: boolean): Promise<void> {
    const closing = last && close;
    if (lines.length === 0 && !closing) return;
    await this.#upload(blobs);
    await this.#parts.api.appendUnits(this.#job, { number: this.#chunkNumber, lines: lines.join('\n'), close: closing });
    this.#chunkNumber++;
    this.#sent += lines.length;
    this.#parts.onSent?.(this.#sent);
  }

  async #upload(blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void> {
    const waiting = blobs.entries();
    const uploadNext = async (): Promise<void> => {
      for (const [digest, bytes] of waiting) await this.#parts.blobs.put(digest, bytes);
    };
    await Promise.all(Array.from({ length: Math.min(UPLOADS_AT_ONCE, blobs.size) }, uploadNext));
  }
}
