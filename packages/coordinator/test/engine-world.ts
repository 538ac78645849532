/** A coordinator's engine with everything around it faked: a clock to advance, a store to look into, hosts to play by hand. */

import type { Digest, InputSource, JobId, LeaseId, LeaseRef, LeaseResult, Payload, VerifyPolicy } from '@manyhands/protocol';
import { accountId, createSeededEntropy, digestOf, FakeClock, hostId, quorumOf, RecordingLink, taskId } from '@manyhands/testkit';
import type { PublishedTask } from '../src/domain/change-set.ts';
import { findViolations, type Violation } from '../src/domain/invariants.ts';
import type { Job } from '../src/domain/job.ts';
import type { WorkUnit } from '../src/domain/work-unit.ts';
import type { Coordinator, NewJob, Session } from '../src/engine/coordinator.ts';
import { type CoordinatorOptions, createCoordinator } from '../src/engine/create-coordinator.ts';
import { ENGINE_LIMITS, type EngineLimits } from '../src/engine/engine-limits.ts';
import type { BlobStore } from '../src/ports/blob-store.ts';
import type { DigestText } from '../src/ports/digest-text.ts';
import type { ComparisonAnswer, Judge, JudgeAnswer, RefereeAnswer } from '../src/ports/judge.ts';
import { MemoryStore } from '../src/store/memory/memory-store.ts';

export const TASK_LIMITS = { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 };

export const taskFacts = (verify: VerifyPolicy, id = taskId(1)): PublishedTask => ({
  id,
  manifest: {
    format: 1,
    name: 'task',
    version: '1.0.0',
    title: 'A task',
    license: 'MIT',
    bundle: digestOf('bundle'),
    bundleBytes: 10,
    limits: TASK_LIMITS,
    verify,
    math: 'deterministic',
  },
  signed: { manifest: { text: '{}', signature: 's' }, certificate: { text: '{}', signature: 's' } },
  author: 'ada',
  publishedAt: 0,
});

/** Answers what a test tells it to, and remembers what it was asked. */
export class FakeJudge implements Judge {
  readonly asked: Parameters<Judge['check']>[0][] = [];
  answer: (question: Parameters<Judge['check']>[0]) => JudgeAnswer | Promise<JudgeAnswer> = () => ({ kind: 'valid' });

  async check(question: Parameters<Judge['check']>[0]): Promise<JudgeAnswer> {
    this.asked.push(question);
    return this.answer(question);
  }

  /** What the referee finds, by the unit's seed (its id). */
  truth: (seed: string) => RefereeAnswer | Promise<RefereeAnswer> = () => ({ kind: 'computed', digest: digestOf('answer') });
  readonly refereed: string[] = [];

  async compute({ seed }: Parameters<Judge['compute']>[0]): Promise<RefereeAnswer> {
    this.refereed.push(seed);
    return this.truth(seed);
  }

  agree: (a: Payload, b: Payload) => boolean = (a, b) => a === b;

  async compare({ pairs }: Parameters<Judge['compare']>[0]): Promise<ComparisonAnswer> {
    return { kind: 'compared', agree: pairs.map(([a, b]) => this.agree(a, b)) };
  }
}

export class FakeBlobs implements Pick<BlobStore, 'size'> {
  readonly sizes = new Map<Digest, number>();
  async size(digest: Digest): Promise<number | null> {
    return this.sizes.get(digest) ?? null;
  }
}

export interface WorldOptions {
  readonly verify?: VerifyPolicy;
  readonly limits?: Partial<EngineLimits>;
  readonly store?: MemoryStore;
  readonly clock?: FakeClock;
  readonly seed?: number;
  /** Absent: short names that only tests know. */
  readonly digestText?: DigestText;
}

export class World {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly judge = new FakeJudge();
  readonly blobs = new FakeBlobs();
  readonly limits: EngineLimits;
  readonly coordinator: Coordinator;
  readonly verify: VerifyPolicy;
  readonly broken: unknown[] = [];
  /** No two processes draw the same ids. */
  readonly seed: number;
  #frames = 0;

  constructor({
    verify = quorumOf(1),
    limits = {},
    store = new MemoryStore(),
    clock = new FakeClock(),
    seed = 1,
    digestText = digestOf,
  }: WorldOptions = {}) {
    this.clock = clock;
    this.store = store;
    this.verify = verify;
    this.seed = seed;
    this.limits = { ...ENGINE_LIMITS, quotaPerHost: 1_000, firstQuota: 1_000, ...limits };
    this.coordinator = createCoordinator({
      store,
      clock,
      judge: this.judge,
      blobs: this.blobs as unknown as CoordinatorOptions['blobs'],
      entropy: createSeededEntropy(seed),
      digestText,
      limits: this.limits,
      onBroken: (error) => this.broken.push(error),
    });
  }

  /** A world whose coordinator has started and knows task 1. */
  static async open(options: WorldOptions = {}): Promise<World> {
    const world = new World(options);
    await world.store.commit({ tasks: [taskFacts(world.verify)] });
    await world.coordinator.start();
    return world;
  }

  /** The process died and starts again on the same store and the same clock. */
  static async reopen(before: World, options: WorldOptions = {}): Promise<World> {
    before.clock.dropTimers();
    const world = new World({
      verify: before.verify,
      limits: before.limits,
      store: before.store,
      clock: before.clock,
      seed: before.seed + 1,
      ...options,
    });
    await world.coordinator.start();
    return world;
  }

  async job(over: Partial<NewJob> = {}): Promise<JobId> {
    const inputs: InputSource = { kind: 'index', count: 10 };
    const order = {
      task: taskId(1),
      title: 'job',
      key: `key-${this.clock.now()}-${this.store.tables.jobs.size}`,
      inputs,
      priority: 0,
      leaseMs: 60_000,
      author: 'ada',
    };
    const outcome = await this.coordinator.createJob({ ...order, ...over });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value.id;
  }

  /** Connects host `n`, which by default holds nothing and is reconciled. */
  async host(
    n: number,
    { account = n, holds = [], cores = 2 }: { account?: number; holds?: readonly LeaseRef[]; cores?: number } = {},
  ): Promise<Volunteer> {
    const volunteer = await this.connect(n, account, cores);
    await volunteer.session.receive({ type: 'reconcile', leases: [...holds], more: false });
    await this.quiet();
    volunteer.link.take('reconciled');
    return volunteer;
  }

  async connect(n: number, account = n, cores = 2): Promise<Volunteer> {
    const link = new RecordingLink();
    link.onFrame = () => this.#frames++;
    const identity = {
      host: hostId(n),
      account: accountId(account),
      hostKey: 'key',
      displayName: null,
      team: null,
      gflops: null,
      cores,
      software: 'test',
      engine: 'v8',
      protocol: 1,
    };
    return new Volunteer(await this.coordinator.openSession(identity, link), link, this);
  }

  /** Until nothing is queued or sent for a while; no time passes. */
  async quiet(): Promise<void> {
    for (let still = 0; still < 8; still++) {
      const before = this.#frames;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#frames !== before || this.coordinator.figures().queued > 0) still = 0;
    }
  }

  /** Time passes in steps short enough that what a timer starts is done before it fires again. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= this.limits.sweepMs) {
      this.clock.advance(Math.min(left, this.limits.sweepMs));
      await this.quiet();
    }
  }

  jobRow(id: JobId): Job {
    return this.store.tables.jobs.get(id) as Job;
  }

  unit(job: JobId, index: number): WorkUnit | undefined {
    return this.store.tables.units.get(`${job}/${index}`);
  }

  violations(): Violation[] {
    const { jobs, units, results, endings, postings, standings, tallies } = this.store.tables;
    const { maxReplicas, maxErrors } = this.limits;
    return findViolations({
      jobs: [...jobs.values()],
      units: [...units.values()],
      results: [...results.values()],
      endings: [...endings.values()],
      postings: [...postings.values()],
      standings: [...standings.values()],
      tallies: [...tallies.values()],
      maxReplicas,
      maxErrors,
    });
  }
}

export interface Held extends LeaseRef {
  readonly input: Payload;
}

/** A host, played by hand. */
export class Volunteer {
  readonly session: Session;
  readonly link: RecordingLink;
  readonly #world: World;

  constructor(session: Session, link: RecordingLink, world: World) {
    this.session = session;
    this.link = link;
    this.#world = world;
  }

  async ask(replicas: number): Promise<void> {
    await this.session.receive({ type: 'request-work', replicas });
    await this.#world.quiet();
  }

  /** Reads all `assign` frames that are there. */
  leases(): Held[] {
    return this.link
      .takeAll('assign')
      .flatMap(({ job, leases }) => leases.map(({ lease, index, input }) => ({ job, index, lease, input })));
  }

  /** Asks for so many and reads what comes. */
  async get(replicas: number): Promise<Held[]> {
    await this.ask(replicas);
    return this.leases();
  }

  /** Sends outputs and reads what became of them. */
  async submit(leases: readonly LeaseRef[], output: Payload | ((lease: LeaseRef) => Payload) = 'answer'): Promise<string[]> {
    const results = leases.map((lease) => okResult(lease, typeof output === 'function' ? output(lease) : output));
    return this.send(results);
  }

  async fail(leases: readonly LeaseRef[], kind: Extract<LeaseResult, { status: 'error' }>['kind'] = 'thrown'): Promise<string[]> {
    return this.send(
      leases.map(({ lease, job, index }) => ({ lease, job, index, status: 'error', kind, message: `${kind}!`, elapsedMs: 1 })),
    );
  }

  async send(results: LeaseResult[]): Promise<string[]> {
    await this.session.receive({ type: 'submit', results });
    await this.#world.quiet();
    return this.link.take('recorded').results.map(({ outcome }) => outcome);
  }

  async receive(message: Parameters<Session['receive']>[0]): Promise<void> {
    await this.session.receive(message);
    await this.#world.quiet();
  }
}

export const okResult = ({ lease, job, index }: LeaseRef, output: Payload): LeaseResult => ({
  lease,
  job,
  index,
  status: 'ok',
  output,
  elapsedMs: 1,
});
export const refOf = ({ lease, job, index }: LeaseRef): LeaseRef => ({ lease, job, index });
export const ids = (leases: readonly LeaseRef[]): LeaseId[] => leases.map(({ lease }) => lease);
export const indexes = (leases: readonly LeaseRef[]): number[] => leases.map(({ index }) => index);
