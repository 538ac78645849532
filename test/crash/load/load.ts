/** Everybody who uses one coordinator through all of its lives: workers at real links, and an author. */
import { join } from 'node:path';
import { LastingWorker } from './lasting-worker.ts';
import { StreamingAuthor } from './streaming-author.ts';
import { Witness } from './witness.ts';

const WORKERS = 6;

export class Load implements AsyncDisposable {
  readonly witness = new Witness();
  readonly #workers = Array.from({ length: WORKERS }, () => new LastingWorker(this.witness));
  readonly #author = new StreamingAuthor(this.witness);
  #isWanted = false;
  #running: Promise<unknown> = Promise.resolve();

  /** Resolves with the first new acknowledgement of this life, or when nobody is left who could hear one. */
  async begin(url: string, data: string): Promise<void> {
    this.#isWanted = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running = Promise.all([
      this.#author.stream(join(data, 'author.json'), () => this.#isWanted),
      ...this.#workers.map((worker) => worker.work(url, resolve)),
    ]);
    await Promise.race([promise, this.#running]);
  }

  /** Uploads that the author was refused. */
  get refusals(): number {
    return this.#author.refusals;
  }

  /** Everybody goes; call it when the coordinator has ended, or shall see them go. Rejects when one of them met what should not be. */
  async end(): Promise<void> {
    this.#isWanted = false;
    for (const worker of this.#workers) worker.leave();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
