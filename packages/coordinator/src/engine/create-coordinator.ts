/** The engine: its parts, who tells whom, how it starts and how it stops. */
import { type JobId, type LeaseRef, unitIdOf } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DigestText } from '../ports/digest-text.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Judge } from '../ports/judge.ts';
import type { Store } from '../ports/store.ts';
import type { WorkerLink } from '../ports/worker-link.ts';
import { Auditor } from './auditor.ts';
import { Backtracker } from './backtracker.ts';
import { Books } from './books.ts';
import { CatalogueDesk } from './catalogue-desk.ts';
import { CommitQueue, type CommitQueuePorts } from './commit-queue.ts';
import type { Coordinator, HostIdentity, LiveFigures, NewJob, Outcome, Session } from './coordinator.ts';
import { dispatchEffects } from './effect-dispatcher.ts';
import { ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts';
import { type EngineLog, SILENT } from './engine-log.ts';
import { Feeder } from './feeder.ts';
import { JobBoard } from './job-board.ts';
import { JobCanceller } from './job-canceller.ts';
import { JobDesk } from './job-desk.ts';
import { JudgeDesk } from './judge-desk.ts';
import { LeaseSweeper } from './lease-sweeper.ts';
import { Paces } from './paces.ts';
import { ReadyPager } from './ready-pager.ts';
import { SessionDesk } from './session-desk.ts';
import { SessionRegistry } from './session-registry.ts';
import { StragglerDesk } from './straggler-desk.ts';
import { Throughput } from './throughput.ts';
import { WaitingUnits } from './waiting-units.ts';

export interface CoordinatorOptions {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly judge: Judge;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly digestText: DigestText;
  readonly logger?: EngineLog;
  readonly limits?: Partial<EngineLimits>;
  /** Once: the store cannot be trusted any more. All sessions are closed; the process must stop and start anew. */
  readonly onBroken?: (error: unknown) => void;
}

export const createCoordinator = (options: CoordinatorOptions): Coordinator => new Engine(options);

class Engine implements Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #limits: EngineLimits;
  readonly #log: EngineLog;
  readonly #books: Books;
  readonly #board: JobBoard;
  readonly #queue: CommitQueue;
  readonly #pager: ReadyPager;
  readonly #feeder: Feeder;
  readonly #judge: JudgeDesk;
  readonly #backtracker: Backtracker;
  readonly #auditor: Auditor;
  readonly #stragglers: StragglerDesk;
  readonly #waiting: WaitingUnits;
  readonly #paces = new Paces();
  readonly #canceller: JobCanceller;
  readonly #sweeper: LeaseSweeper;
  readonly #jobs: JobDesk;
  readonly #catalogue: CatalogueDesk;
  readonly #sessions: SessionDesk;
  readonly #registry = new SessionRegistry();
  readonly #throughput: Throughput;
  readonly #timers = new DisposableStack();
  readonly #listeners = new Set<(jobs: ReadonlySet<JobId>) => void>();
  #isBroken = false;

  constructor(options: CoordinatorOptions) {
    const { store, clock, logger = SILENT } = options;
    this.#options = options;
    this.#limits = { ...ENGINE_LIMITS, ...options.limits };
    this.#log = logger;
    this.#books = new Books(store, this.#limits.cachedUnits);
    this.#board = new JobBoard(this.#limits.readyUnitsPerJob);
    this.#throughput = new Throughput(clock.now());
    const onBroken = (error: unknown) => this.#break(error);
    const onCommitted: CommitQueuePorts['onCommitted'] = (draft, changes) => this.#speak(draft, changes);
    this.#queue = new CommitQueue({ store, clock, books: this.#books, limits: this.#limits, onCommitted, onBroken });
    const ports = {
      ...options,
      queue: this.#queue,
      books: this.#books,
      board: this.#board,
      paces: this.#paces,
      limits: this.#limits,
      onBroken,
    };
    this.#pager = new ReadyPager(ports);
    this.#feeder = new Feeder({ ...ports, pager: this.#pager, isConnected: (host) => this.#registry.get(host) !== undefined });
    this.#judge = new JudgeDesk(ports);
    this.#backtracker = new Backtracker(ports);
    this.#auditor = new Auditor(ports);
    const freeHosts = () => this.#feeder.freeHosts;
    this.#waiting = new WaitingUnits({ ...ports, freeHosts });
    this.#stragglers = new StragglerDesk({ ...ports, freeHosts });
    this.#canceller = new JobCanceller(ports);
    this.#jobs = new JobDesk(ports);
    this.#catalogue = new CatalogueDesk(ports);
    this.#sweeper = new LeaseSweeper({ ...ports, extendLeases: (byMs, until) => this.#extendLeases(byMs, until, 'the clock jumped') });
    this.#sessions = new SessionDesk({ ...ports, feeder: this.#feeder, registry: this.#registry });
  }

  async isKnown({ host, account }: Pick<HostIdentity, 'host' | 'account'>): Promise<boolean> {
    return (await this.#options.store.loadHost(host))?.account === account;
  }

  openSession(identity: HostIdentity, link: WorkerLink): Promise<Session> {
    return this.#sessions.open(identity, link);
  }

  async uploadAllowance({ job: id, index, lease }: LeaseRef): Promise<number | null> {
    const ref = { job: id, index };
    const unit = this.#books.unit(id, index) ?? (await this.#options.store.loadUnits([ref])).get(unitIdOf(id, index));
    if (!unit?.replicas.some((replica) => replica.kind === 'leased' && replica.lease === lease)) return null;
    const job = this.#books.job(id) ?? (await this.#options.store.loadJob(id));
    return job?.limits.outputBytes ?? null;
  }

  publishTask(task: Parameters<Coordinator['publishTask']>[0]): ReturnType<Coordinator['publishTask']> {
    return this.#catalogue.publishTask(task);
  }

  createJob(job: NewJob): Promise<Outcome<Job>> {
    return this.#jobs.createJob(job);
  }

  appendUnits(chunk: Parameters<Coordinator['appendUnits']>[0]): ReturnType<Coordinator['appendUnits']> {
    return this.#jobs.appendUnits(chunk);
  }

  async cancelJob(id: JobId, author: string | null): Promise<Outcome<Job>> {
    const outcome = await this.#jobs.cancelJob(id, author);
    if (outcome.ok && outcome.value.endedAt === null) this.#canceller.add(id);
    return outcome;
  }

  addAuthor(author: Parameters<Coordinator['addAuthor']>[0]): ReturnType<Coordinator['addAuthor']> {
    return this.#catalogue.addAuthor(author);
  }

  revokeAuthor(name: string): ReturnType<Coordinator['revokeAuthor']> {
    return this.#catalogue.revokeAuthor(name);
  }

  figures(): LiveFigures {
    const now = this.#options.clock.now();
    const jobs = [...this.#books.jobs].filter((job) => job.endedAt === null);
    return {
      hostsOnline: this.#registry.hosts,
      coresOnline: this.#registry.cores,
      unitsPerSecond: this.#throughput.perSecond(now),
      jobUnitsPerSecond: new Map(jobs.map(({ id }) => [id, this.#throughput.perSecondOf(id, now)])),
      throughput: this.#throughput.series(now),
      jobs,
      queued: this.#queue.queued,
    };
  }

  onJobsChanged(listener: (jobs: ReadonlySet<JobId>) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  async start(): Promise<void> {
    const { store, clock } = this.#options;
    const lastAliveAt = await store.lastAliveAt();
    const now = clock.now();
    const downtimeMs = lastAliveAt === null ? 0 : now - lastAliveAt;
    // I34: nobody could renew or return anything while we were away.
    if (downtimeMs > 0) await this.#extendLeases(downtimeMs, now, 'the coordinator was down');
    else await store.keepAlive(now);
    const jobs = await store.activeJobs();
    this.#books.keep([], jobs);
    for (const job of jobs) await this.#resume(job);
    for (const id of await store.disputedJobs()) if (!jobs.some((job) => job.id === id)) await this.#judge.resumeDisputes(id);
    await this.#pager.refill();
    this.#timers.use(clock.every(this.#limits.sweepMs, () => this.#tick()));
    this.#timers.use(clock.every(this.#limits.keepAliveMs, () => this.#stayAlive()));
    this.#log.info({ jobs: jobs.length, downtimeMs }, 'the coordinator has started');
  }

  async stop(): Promise<void> {
    this.#timers.dispose();
    for (const part of [this.#judge, this.#auditor, this.#backtracker, this.#waiting]) part.stop();
    this.#sessions.announceStop();
    this.#feeder.stop();
    await this.#queue.close();
    if (!this.#isBroken) await this.#options.store.keepAlive(this.#sweeper.servedUntil);
    this.#sessions.endAll(1012, 'the coordinator is restarting; leases and results are safe');
    this.#log.info({}, 'the coordinator has stopped');
  }

  /** What a restart left half done. */
  async #resume(job: Job): Promise<void> {
    if (job.state === 'cancelled') return this.#canceller.add(job.id);
    this.#board.update(job, true);
    await this.#books.hosts.load(job.id, job.task);
    if (job.verify.kind === 'confidence') this.#backtracker.resume(job);
    await this.#judge.resume(job);
    this.#backtracker.jobChanged(job);
    this.#auditor.jobChanged(job);
  }

  /** CQ5: after the answers. */
  #speak(...[draft, changes]: Parameters<CommitQueuePorts['onCommitted']>): void {
    // Jobs first: one that was done and is not any more must be known when its unit comes.
    for (const job of changes.jobs) this.#feeder.jobChanged(job);
    for (const unit of changes.units) {
      this.#feeder.settled(unit);
      this.#auditor.settled(unit);
    }
    this.#throughput.add(draft.answered, draft.now);
    for (const { id, endedAt } of changes.jobs) {
      if (endedAt === null) continue;
      this.#throughput.forget(id);
      this.#paces.forget(id);
      this.#waiting.forget(id);
    }
    dispatchEffects(draft.effects, {
      revoke: (host, leases, reason) => this.#sessions.revoke(host, leases, reason),
      judge: (pending) => this.#judge.add(pending),
      backtrack: (backtrack) => this.#backtracker.add(backtrack),
    });
    for (const { job, host } of draft.hosts.established) this.#waiting.established(job, host);
    for (const job of changes.jobs) {
      this.#backtracker.jobChanged(job);
      this.#auditor.jobChanged(job);
    }
    if (changes.jobs.length > 0) this.#tellListeners(new Set(changes.jobs.map(({ id }) => id)));
    this.#feeder.wakeOnNews();
  }

  #tellListeners(jobs: ReadonlySet<JobId>): void {
    for (const listener of this.#listeners) listener(jobs);
  }

  #tick(): void {
    this.#sweeper.tick();
    this.#feeder.tick();
    this.#auditor.tick();
    this.#waiting.tick();
    this.#stragglers.tick();
  }

  #stayAlive(): void {
    this.#options.store.keepAlive(this.#sweeper.servedUntil).catch((error) => this.#break(error));
  }

  /** CQ9. What is at hand has the old deadlines, so it is read again. */
  async #extendLeases(byMs: number, until: number, why: string): Promise<void> {
    this.#log.warn({ byMs }, `${why}: every live lease is extended by as much`);
    await this.#queue.exclusively(async () => {
      await this.#options.store.extendLeases(byMs, until);
      this.#books.forgetUnits();
      for (const { window } of this.#board.inOrder) window.forget();
      for (const session of this.#registry.all()) session.extend(byMs, until);
    });
    await this.#pager.refill();
  }

  #break(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#log.error({ err: error }, 'the store failed; nothing more is written. Stop this process and start it again');
    this.#timers.dispose();
    this.#judge.stop();
    this.#sessions.endAll(1013, 'the coordinator cannot write to its store; come back later');
    this.#options.onBroken?.(error);
  }
}
