/** Tasks and authors: what is published, and by whom. */
import type { SignedTask, TaskId, TaskManifest } from '@manyhands/protocol';
import type { Author } from '../domain/change-set.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { ask } from './ask.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Outcome } from './coordinator.ts';
import type { Draft } from './draft.ts';
import { granted, refuse, refusedBy } from './outcome.ts';

export interface CatalogueDeskPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadTask' | 'authors'>;
  readonly blobs: Pick<BlobStore, 'size'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface NewTask {
  readonly id: TaskId;
  readonly manifest: TaskManifest;
  readonly signed: SignedTask;
  readonly author: string;
}

export class CatalogueDesk {
  readonly #ports: CatalogueDeskPorts;

  constructor(ports: CatalogueDeskPorts) {
    this.#ports = ports;
  }

  async publishTask(task: NewTask): Promise<Outcome<TaskId>> {
    if ((await this.#ports.store.loadTask(task.id)) !== null) return granted(task.id);
    const bytes = await this.#ports.blobs.size(task.manifest.bundle);
    if (bytes === null)
      return refuse('bad-request', `The bundle ${task.manifest.bundle} is not stored here. PUT /v1/blobs/${task.manifest.bundle} first.`);
    if (bytes !== task.manifest.bundleBytes)
      return refuse(
        'bad-request',
        `The manifest says that its bundle has ${task.manifest.bundleBytes} bytes, but it has ${bytes}. Build it again.`,
      );
    const publishedAt = this.#ports.clock.now();
    return this.#write((draft) => draft.addTask({ ...task, publishedAt }), task.id);
  }

  async addAuthor(author: Author): Promise<Outcome<Author>> {
    const known = (await this.#ports.store.authors()).find(({ name }) => name === author.name);
    if (known !== undefined && known.revokedAt === null && known.key === author.key && known.tokenHash === author.tokenHash)
      return granted(known);
    if (known !== undefined) return refuse('conflict', `There is an author named ${author.name} already. Choose another name.`);
    return this.#write((draft) => draft.putAuthor(author), author);
  }

  async revokeAuthor(name: string): Promise<Outcome<Author>> {
    const known = (await this.#ports.store.authors()).find((author) => author.name === name);
    if (known === undefined) return refuse('not-found', `There is no author named ${name}.`);
    if (known.revokedAt !== null) return granted(known);
    const revoked: Author = { ...known, revokedAt: this.#ports.clock.now() };
    return this.#write((draft) => draft.putAuthor(revoked), revoked);
  }

  async #write<T>(decide: (draft: Draft) => void, value: T): Promise<Outcome<T>> {
    const settled = await ask(this.#ports.queue, { units: [], jobs: [], weight: 1, isSheddable: true, decide });
    return settled.kind === 'durable' ? granted(value) : refusedBy(settled.reason);
  }
}
