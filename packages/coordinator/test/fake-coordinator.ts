/** An engine without an engine: keeps the facade's contract over a memory store, and lets a test see what came in and say what goes out. */
import type { Digest, JobId, LeaseRef, TaskId, UnitsAccepted, Upstream } from '@manyhands/protocol';
import { jobId } from '@manyhands/testkit';
import type { Author, PublishedTask } from '../src/domain/change-set.ts';
import { type Job, ZERO_COUNTS } from '../src/domain/job.ts';
import type { Coordinator, HostIdentity, LiveFigures, NewJob, Outcome, Session } from '../src/engine/coordinator.ts';
import type { ReadStore } from '../src/ports/read-store.ts';
import type { Store } from '../src/ports/store.ts';
import type { WorkerLink } from '../src/ports/worker-link.ts';
import { createMemoryStore } from '../src/store/memory/create-memory-store.ts';

export interface FakeSession {
  readonly identity: HostIdentity;
  readonly link: WorkerLink;
  readonly received: Upstream[];
  closed: boolean;
}

const refuse = (code: 'not-found' | 'conflict' | 'forbidden', message: string) => ({ ok: false, code, message }) as const;
const grant = <T>(value: T) => ({ ok: true, value }) as const;

export class FakeCoordinator implements Coordinator {
  readonly store: Store & ReadStore = createMemoryStore();
  readonly sessions: FakeSession[] = [];
  /** What becomes of a frame; resolves when its effects are done. */
  onFrame: (session: FakeSession, message: Upstream) => Promise<void> = async () => {};
  /** Before a session opens. */
  onOpen: () => Promise<void> = async () => {};
  /** Bytes by lease id; a lease that is not here does not live. */
  readonly allowances = new Map<string, number>();
  unitsPerSecond = 0;
  now = 1_700_000_000_000;
  #jobs = 0;
  readonly #listeners = new Set<(jobs: ReadonlySet<JobId>) => void>();

  async isKnown({ host, account }: Pick<HostIdentity, 'host' | 'account'>): Promise<boolean> {
    return this.sessions.some(({ identity }) => identity.host === host && identity.account === account);
  }

  async openSession(identity: HostIdentity, link: WorkerLink): Promise<Session> {
    await this.onOpen();
    const session: FakeSession = { identity, link, received: [], closed: false };
    this.sessions.push(session);
    return {
      quota: 8,
      heartbeatMs: 30_000,
      receive: (message) => {
        session.received.push(message);
        return this.onFrame(session, message);
      },
      close: () => {
        session.closed = true;
      },
    };
  }

  async uploadAllowance({ lease }: LeaseRef): Promise<number | null> {
    return this.allowances.get(lease) ?? null;
  }

  async publishTask(task: Omit<PublishedTask, 'publishedAt'>): Promise<Outcome<TaskId>> {
    await this.store.commit({ tasks: [{ ...task, publishedAt: this.now }] });
    return grant(task.id);
  }

  async createJob({ author, key, task, ...wanted }: NewJob): Promise<Outcome<Job>> {
    const known = await this.store.findJobByKey(author, key);
    if (known !== null) return grant(known);
    const published = await this.store.loadTask(task as TaskId);
    if (published === null) return refuse('not-found', `task ${task} was not published`);
    const { verify, limits } = published.manifest;
    const unitCount = wanted.inputs.kind === 'index' ? wanted.inputs.count : 0;
    const job: Job = {
      title: wanted.title,
      inputs: wanted.inputs,
      priority: wanted.priority ?? 0,
      leaseMs: wanted.leaseMs ?? 60_000,
      id: jobId(++this.#jobs),
      revision: 1,
      author,
      key,
      task: task as TaskId,
      verify,
      limits,
      createdAt: this.now,
      endedAt: null,
      state: wanted.inputs.kind === 'stream' ? 'open' : 'closed',
      unitCount,
      chunkCount: 0,
      nextFresh: 0,
      counts: ZERO_COUNTS,
    };
    await this.store.commit({ jobs: [job] });
    return grant(job);
  }

  async appendUnits(chunk: Parameters<Coordinator['appendUnits']>[0]): Promise<Outcome<UnitsAccepted>> {
    const job = await this.store.loadJob(chunk.job);
    if (job === null) return refuse('not-found', `there is no job ${chunk.job}`);
    if (job.author !== chunk.author) return refuse('forbidden', 'this job is another author’s');
    const stored = await this.store.loadChunk(chunk.job, chunk.chunk);
    if (stored !== null) return this.#repeat(chunk, stored);
    if (chunk.chunk !== job.chunkCount) return refuse('conflict', `chunk ${job.chunkCount} is next, not ${chunk.chunk}`);
    const { count, lines, digest } = chunk;
    const accepted = { chunk: chunk.chunk, firstIndex: job.unitCount, count };
    const grown = { unitCount: job.unitCount + count, chunkCount: job.chunkCount + 1, state: chunk.close ? 'closed' : 'open' } as const;
    await this.store.commit({
      jobs: [{ ...job, ...grown, revision: job.revision + 1 }],
      chunks: [{ job: job.id, lines, digest, ...accepted }],
    });
    return grant({ ...accepted, repeated: false });
  }

  #repeat(chunk: { chunk: number; digest: Digest }, stored: { firstIndex: number; count: number; digest: Digest }): Outcome<UnitsAccepted> {
    if (stored.digest !== chunk.digest) return refuse('conflict', `chunk ${chunk.chunk} is stored with other lines`);
    return grant({ chunk: chunk.chunk, firstIndex: stored.firstIndex, count: stored.count, repeated: true });
  }

  async cancelJob(id: JobId, author: string | null): Promise<Outcome<Job>> {
    const job = await this.store.loadJob(id);
    if (job === null) return refuse('not-found', `there is no job ${id}`);
    if (author !== null && job.author !== author) return refuse('forbidden', 'this job is another author’s');
    return grant(await this.change(job, { state: 'cancelled', endedAt: this.now }));
  }

  async addAuthor(author: Author): Promise<Outcome<Author>> {
    const known = (await this.store.authors()).find(({ name }) => name === author.name);
    if (known !== undefined) return refuse('conflict', `there is an author ${author.name} already`);
    await this.store.commit({ authors: [author] });
    return grant(author);
  }

  async revokeAuthor(name: string): Promise<Outcome<Author>> {
    const author = (await this.store.authors()).find((known) => known.name === name);
    if (author === undefined) return refuse('not-found', `there is no author ${name}`);
    const revoked = { ...author, revokedAt: this.now };
    await this.store.commit({ authors: [revoked] });
    return grant(revoked);
  }

  /** Commits a change of a job and tells the listeners. */
  async change(job: Job, changes: Partial<Job>): Promise<Job> {
    const changed = { ...job, ...changes, revision: job.revision + 1 };
    await this.store.commit({ jobs: [changed] });
    this.announce(job.id);
    return changed;
  }

  /** As after a commit that changed these jobs. */
  announce(...jobs: JobId[]): void {
    for (const listener of this.#listeners) listener(new Set(jobs));
  }

  onJobsChanged(listener: (jobs: ReadonlySet<JobId>) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  figures(): LiveFigures {
    return {
      hostsOnline: this.sessions.filter((session) => !session.closed).length,
      coresOnline: 0,
      unitsPerSecond: this.unitsPerSecond,
      jobUnitsPerSecond: new Map(),
      throughput: Array<number>(60).fill(0),
      jobs: [],
      queued: 0,
    };
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}
