/** An author that goes on adding units and blobs through many lives of the coordinator: what was not acknowledged is sent again as it was. */
import { randomBytes } from 'node:crypto';
import { digestOf } from '@manyhands/identity';
import type { JobId } from '@manyhands/protocol';
import { TestAuthor } from '../../../packages/coordinator/test/test-author.ts';
import type { Witness } from './witness.ts';

const CHUNK_LINES = 40;
/** So many units may wait for workers. */
const AHEAD = 600;
const BLOB_BYTES = 100_000;

/** `own` takes one answer of anybody's, `agree` the same from two accounts. */
const JOBS = [
  { name: 'own', accounts: 1 },
  { name: 'agree', accounts: 2 },
] as const;

export class StreamingAuthor {
  readonly #witness: Witness;
  readonly #nextChunk = new Map<JobId, number>();
  /** Uploads answered with a refusal. */
  refusals = 0;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** Until the coordinator does not answer any more. `isWanted`: false as soon as it shall stop by itself. */
  async stream(authorFile: string, isWanted: () => boolean): Promise<void> {
    try {
      const author = new TestAuthor(authorFile);
      const jobs = await this.#jobs(author);
      while (isWanted()) {
        for (const { id, name } of jobs) await this.#append(author, id, name);
        await this.#upload(author);
        while (isWanted() && this.#waiting > AHEAD) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } catch (error) {
      // A connection that broke, or a refusal in words; anything else is a defect of this program.
      if (!(error instanceof TypeError || isRefusal(error))) throw error;
    }
  }

  /** Units sent and not answered, roughly: half of the jobs take two answers. */
  get #waiting(): number {
    return this.#witness.chunks.size * CHUNK_LINES * 1.5 - this.#witness.outcomes.size;
  }

  async #jobs(author: TestAuthor): Promise<{ id: JobId; name: string }[]> {
    const jobs = [];
    for (const { name, accounts } of JOBS) {
      const task = await author.publish(`var manyhandsTask; // ${name}`, { kind: 'quorum', k: accounts, agree: { kind: 'exact' } });
      const { id } = await author.create(task, { title: name, key: `the job ${name}` });
      this.#witness.created(name, id);
      jobs.push({ id, name });
    }
    return jobs;
  }

  /** The chunk before is sent once more, as by an author who did not hear the answer. */
  async #append(author: TestAuthor, job: JobId, name: string): Promise<void> {
    const next = this.#nextChunk.get(job) ?? 0;
    for (const chunk of next > 0 && next % 4 === 0 ? [next - 1, next] : [next]) {
      const lines = Array.from({ length: CHUNK_LINES }, (_, i) => JSON.stringify(`${name} ${chunk * CHUNK_LINES + i}`));
      this.#witness.appended(job, lines.join('\n'), await author.append(job, chunk, lines));
    }
    this.#nextChunk.set(job, next + 1);
  }

  async #upload(author: TestAuthor): Promise<void> {
    const bytes = randomBytes(BLOB_BYTES / 2).toString('hex');
    const digest = digestOf(bytes);
    try {
      await author.send('PUT', `/v1/blobs/${digest}`, bytes, 'application/octet-stream');
      this.#witness.blobs.add(digest);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refusals++;
    }
  }
}

/** 5xx: the disk is full or fails, or the coordinator stops. */
const isRefusal = (error: unknown): boolean => /: 50\d \{/.test(String(error));
