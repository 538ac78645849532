/**
 * One seed, from its configuration to its verdict. First faults, then healing: honest hosts come, nothing fails any more, and every job must end
 * within a bound (I27). Between two events everything comes to rest, and every so often the books are inspected.
 */

import { digestOf } from '@manyhands/identity';
import type { TaskId } from '@manyhands/protocol';
import { taskId } from '@manyhands/testkit';
import type { PublishedTask } from '../../packages/coordinator/src/domain/change-set.ts';
import type { Violation } from '../../packages/coordinator/src/domain/invariants.ts';
import { ENGINE_LIMITS, type EngineLimits } from '../../packages/coordinator/src/engine/engine-limits.ts';
import type { ReadStore } from '../../packages/coordinator/src/ports/read-store.ts';
import type { Store } from '../../packages/coordinator/src/ports/store.ts';
import { Chance } from './chance.ts';
import { type Configuration, drawConfiguration, type Feature, type TaskPlan } from './configuration.ts';
import { EventLog } from './event-log.ts';
import { scheduleFaults } from './faults.ts';
import { type CRASH_POINTS, InjectedFailure } from './fragile-store.ts';
import { GroundTruth } from './ground-truth.ts';
import { type HostPlan, honestHost } from './host-plan.ts';
import { Immediates } from './immediates.ts';
import { Inspection, type Moment } from './inspection.ts';
import { Life } from './life.ts';
import { OUTPUT_BYTES } from './output-bytes.ts';
import { drawOrders, type Progress, SimulatedAuthor } from './simulated-author.ts';
import { type Backup, createDisk, type SimulatedDisk } from './simulated-disk.ts';
import { SimulatedJudge, type Temper } from './simulated-judge.ts';
import { SimulatedWorker, type WorkerPorts } from './simulated-worker.ts';
import { VirtualTime } from './virtual-time.ts';
import { type Memory, Witness } from './witness.ts';

export interface SeedOutcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Of all that happened. */
  readonly hash: string;
  readonly events: number;
  readonly lives: number;
  /** Time that hosts were simulated for, added up. */
  readonly workerMs: number;
  readonly lastLines: readonly string[];
  readonly configuration: Configuration;
}

/** A backup, and what everybody knew who is put back with it. Hosts are not: they go on, and know more than the books. */
interface Moments {
  readonly backup: Backup;
  readonly memory: Memory;
  readonly seen: Inspection['seen'];
  readonly authors: readonly (readonly Progress[])[];
}

/** Ids are counted up from a life's own seed, and must stay exact numbers. */
const SEEDS_APART = 10_000_000;
const LIVES_APART = 64;
/** Accounts beyond those that can have had a unit before. */
const FRESH_HOSTS = 11;
/** Hosts of the healing have names of their own. */
const FIRST_FRESH = 1_000;

export async function simulate(seed: number, onLine: ((line: string) => void) | null = null): Promise<SeedOutcome> {
  const configuration = drawConfiguration(seed);
  using disk = createDisk(configuration.store);
  using immediates = new Immediates();
  return await new Simulation(configuration, disk, immediates, new EventLog(onLine)).run();
}

export class Simulation {
  readonly configuration: Configuration;
  readonly time = new VirtualTime();
  readonly chance: Chance;
  readonly limits: EngineLimits;
  readonly witness: Witness;
  readonly #disk: SimulatedDisk;
  readonly #immediates: Immediates;
  readonly #log: EventLog;
  readonly #truth: GroundTruth;
  readonly #inspection: Inspection;
  readonly #temper: Temper;
  readonly #seen: WorkerPorts['seen'] = [];
  #workers: SimulatedWorker[] = [];
  readonly #authors: SimulatedAuthor[];
  #rows: Store & ReadStore;
  #lives = 0;
  #clockOffsetMs = 0;
  #backup: Moments | null = null;
  /** The disk is gone; the next life begins on this. */
  #toRestore: Moments | null = null;
  /** null: it is down, or starting. */
  #life: Life | null = null;
  /** Since when the coordinator's time has been undisturbed. */
  #calmSince = 0;
  #isHealing = false;
  #workerMs = 0;
  /** Commits when the books were last looked at. */
  #glancedAt = 0;
  #steps = 0;
  #glances = 0;

  constructor(configuration: Configuration, disk: SimulatedDisk, immediates: Immediates, log: EventLog) {
    this.configuration = configuration;
    this.chance = new Chance(configuration.seed + 0x5eed);
    this.limits = { ...ENGINE_LIMITS, ...configuration.limits };
    this.witness = new Witness(this.limits.sweepMs);
    this.#disk = disk;
    this.#immediates = immediates;
    this.#log = log;
    this.#truth = new GroundTruth(configuration.isTolerant);
    this.#inspection = new Inspection({ ...{ configuration, disk, witness: this.witness, truth: this.#truth }, bounds: this.limits });
    const { grainMs } = configuration;
    this.#temper = { delayMs: this.has('slow-judge') ? 10 * grainMs : 0, breaks: this.has('broken-judge') ? 0.2 : 0 };
    this.#rows = disk.open();
    this.#authors = this.#hireAuthors();
  }

  has(feature: Feature): boolean {
    return this.configuration.features.has(feature);
  }

  get life(): Life | null {
    return this.#life;
  }

  /** Commits of this life. */
  get #writes(): number {
    return this.#life?.fragile.writes ?? 0;
  }

  get isHealing(): boolean {
    return this.#isHealing;
  }

  note = (text: string): void => this.#log.note(this.time.elapsedMs, text);

  async run(): Promise<SeedOutcome> {
    const accuse = (error: unknown): void =>
      this.witness.accuse('EN36', 'engine', `something was thrown: ${error instanceof Error ? error.stack : error}`);
    process.on('unhandledRejection', accuse);
    try {
      await this.#play();
    } catch (error) {
      accuse(error);
    } finally {
      process.off('unhandledRejection', accuse);
    }
    const { seed } = this.configuration;
    const { violations } = this.witness;
    for (const { rule, subject, message } of violations) this.note(`${rule} ${subject}: ${message}`);
    const named = violations.flatMap(({ subject, message }) => [subject, ...(message.match(/job_\w+\/\d+/g) ?? [])]);
    for (const line of new Set(named.flatMap((name) => this.#inspection.describe(name)))) this.note(line);
    const { lastLines } = this.#log;
    const lives = this.#lives;
    return {
      ...{ seed, violations, events: this.#steps, glances: this.#glances, lives, lastLines },
      hash: this.#log.digest(),
      workerMs: this.#workerMs,
      configuration: this.configuration,
    };
  }

  /** The clock of the coordinator's machine is set. */
  stepClock(ms: number): void {
    this.note(`the clock is set by ${ms} ms`);
    this.#clockOffsetMs += ms;
    this.witness.forgiveSweeps();
    this.#disturb();
  }

  pause(ms: number): void {
    this.note(`the coordinator stands still for ${ms} ms`);
    // Whoever wakes a machine to shut it down is there before any timer.
    if (this.has('stops') && this.chance.isTrue(0.3)) this.time.after(ms, () => this.stop());
    this.#life?.pause(ms);
    this.witness.forgiveSweeps();
    this.#disturb(ms);
  }

  backUp(): void {
    if (this.#toRestore !== null) return;
    this.note('a backup is made');
    const { witness } = this;
    this.#backup = {
      ...{ backup: this.#disk.backUp(), memory: witness.remember(), seen: this.#inspection.seen },
      authors: this.#authors.map(({ progress }) => progress),
    };
  }

  /** The disk is lost, and the coordinator with it. */
  restore(): void {
    if (this.#backup === null || this.#toRestore !== null) {
      this.backUp();
      return;
    }
    this.note('the disk is lost');
    this.#toRestore = this.#backup;
    this.#life?.die('its disk is gone');
  }

  async #restore({ backup, memory, seen, authors }: Moments): Promise<void> {
    this.note('the backup is restored');
    await this.#disk.restore(backup);
    this.witness.goBack(memory);
    this.#inspection.goBack(seen);
    for (const [n, author] of this.#authors.entries()) author.goBack(authors[n] as readonly Progress[]);
    // From here on another backup may be made: before, what the disk has and what everybody knows are not of one moment.
    this.#toRestore = null;
  }

  #disturb(ms = 0): void {
    this.#calmSince = Math.max(this.#calmSince, this.time.now + ms);
  }

  async #play(): Promise<void> {
    const { hosts, leaseMs, faultsMs, tasks } = this.configuration;
    this.note(JSON.stringify({ ...this.configuration, features: [...this.configuration.features] }));
    await this.#rows.commit({ tasks: tasks.map((plan, n) => toTask(taskId(n), plan)) });
    void this.#begin();
    this.#workers = hosts.map((plan) => this.#hire(plan));
    for (const worker of this.#workers) this.time.after(this.chance.int(0, leaseMs), () => worker.connect());
    for (const author of this.#authors) author.start();
    scheduleFaults(this, faultsMs);
    await this.#pass(() => this.time.elapsedMs < faultsMs);
    this.#heal();
    const boundMs = this.time.elapsedMs + this.#liveness();
    await this.#pass(() => this.time.elapsedMs < boundMs && !this.#isOver);
    await this.#conclude();
  }

  async #begin(): Promise<void> {
    if (this.#toRestore !== null) await this.#restore(this.#toRestore);
    this.#rows = this.#disk.open();
    const { seed, isTolerant } = this.configuration;
    const aliveAt = await this.#rows.lastAliveAt();
    const no = ++this.#lives;
    this.note(`life ${no} begins`);
    const life = new Life({
      ...{ seed: (seed % SEEDS_APART) * LIVES_APART + no, rows: this.#rows, time: this.time, limits: this.configuration.limits },
      lastMoment: aliveAt === null ? null : aliveAt + this.limits.keepAliveMs,
      judge: new SimulatedJudge({ ...{ truth: this.#truth, isTolerant, chance: this.chance, time: this.time }, temper: this.#temper }),
      clockOffsetMs: () => this.#clockOffsetMs,
      onDeath: (why) => this.#died(life, why),
      onBroken: (error) => {
        if (!(error instanceof InjectedFailure))
          this.witness.accuse('EN32', 'engine', `it broke: ${error instanceof Error ? error.stack : error}`);
        life.dieWhenQuiet();
      },
    });
    await life.coordinator.start();
    this.#life = life;
    this.#disturb();
    this.note(`life ${no} serves`);
  }

  #died(life: Life, why: string): void {
    const { grainMs, leaseMs } = this.configuration;
    this.note(`the coordinator dies: ${why}`);
    this.#life = null;
    this.#immediates.drop();
    for (const worker of this.#workers) worker.sever(life);
    const downMs = this.has('long-downtime') && this.chance.isTrue(0.5) ? this.chance.around(3 * leaseMs) : this.chance.around(grainMs);
    this.#disturb(downMs);
    this.time.after(downMs, () => void this.#begin());
  }

  /** The next commits are ill-fated. */
  armCrash(points: readonly (typeof CRASH_POINTS)[number][]): void {
    if (this.#life !== null && this.#life.fragile.crash === null)
      this.#life.fragile.crash = { point: this.chance.pick(points), commitsLeft: this.chance.int(0, 5) };
  }

  stop(): void {
    const life = this.#life;
    if (life === null || life.isDying) return;
    this.note('the coordinator is told to stop');
    void life.coordinator.stop().then(() => life.die('it was stopped'));
    this.time.after(this.configuration.leaseMs, () => {
      if (!life.isDead && !this.#isHealing) this.witness.accuse('EN31', 'engine', 'it was told to stop and never did');
    });
  }

  /** Time passes while `isOn`, or until something is wrong. */
  async #pass(isOn: () => boolean): Promise<void> {
    await this.#rest();
    while (isOn() && this.witness.violations.length === 0) {
      const before = this.time.now;
      this.#steps++;
      this.time.step();
      if (this.has('bursts'))
        while (this.chance.isTrue(0.5) && (this.time.nextAt ?? 0) - this.time.now < this.configuration.grainMs) this.time.step();
      this.#workerMs += (this.time.now - before) * this.#workers.length;
      const { life } = this;
      this.witness.served(life?.servedSince(before) ?? 0);
      const clockFault = life?.clockFault() ?? null;
      if (clockFault !== null) this.witness.accuse('SV9', 'the clock', clockFault);
      await this.#rest();
      // Right after a restart everything that was acknowledged must be there.
      if (this.life !== null && life === null) await this.#inspect(true);
      else if (this.#writes - this.#glancedAt > 2 + this.#inspection.size / 8) await this.#inspect(false);
    }
  }

  async #rest(): Promise<void> {
    await this.#immediates.drain();
    if (this.#life?.isDying === true) this.#life.die('after all was said');
    await this.#immediates.drain();
  }

  async #inspect(isThorough: boolean): Promise<void> {
    this.#glancedAt = this.#writes;
    this.#glances++;
    const { sweepMs } = this.limits;
    const isCalm = this.#life !== null && this.time.now - this.#calmSince > 3 * sweepMs;
    const now = this.#life?.clock.now() ?? null;
    const overdueAt = isCalm && now !== null ? now - 2 * sweepMs : null;
    const moment: Moment = { workers: this.#life === null ? [] : this.#workers, overdueAt, now };
    if (isThorough) await this.#inspection.thorough(moment, this.#rows);
    else await this.#inspection.glance(moment);
  }

  #heal(): void {
    this.note('the healing begins');
    this.#isHealing = true;
    this.#temper.breaks = 0;
    this.#temper.delayMs = 0;
    if (this.#life !== null) this.#life.fragile.crash = null;
    const { hosts, grainMs, leaseMs } = this.configuration;
    const stay = new Set(hosts.filter((plan) => isDependable(plan, leaseMs) && this.chance.isTrue(0.5)).map(({ n }) => n));
    for (const worker of this.#workers) {
      if (stay.has(worker.plan.n)) worker.reform();
      else worker.retire();
    }
    const engines = this.has('engine-classes') ? ['v8', 'jsc'] : ['v8'];
    const fresh = engines.flatMap((engine, class_) =>
      Array.from({ length: FRESH_HOSTS }, (_, i) => this.#hire(honestHost(FIRST_FRESH + class_ * FRESH_HOSTS + i, engine, grainMs))),
    );
    this.#workers = [...this.#workers.filter(({ plan }) => stay.has(plan.n)), ...fresh];
    for (const worker of fresh) this.time.after(this.chance.int(0, grainMs), () => worker.connect());
    for (const author of this.#authors) author.hurry();
  }

  #isOver = false;

  /** I27: how long healing may take at most. */
  #liveness(): number {
    const { leaseMs, grainMs } = this.configuration;
    const everyMs = this.limits.sweepMs;
    const check = (): void => {
      this.time.after(everyMs, () => {
        // Between two lives nobody has the disk open.
        if (this.#life !== null)
          void this.#rows.activeJobs().then((jobs) => {
            this.#isOver = this.#life !== null && jobs.length === 0 && this.#authors.every(({ isDone }) => isDone);
          });
        check();
      });
    };
    check();
    // A clock that is being waited for goes slower (SV9).
    return (this.limits.maxReplicas + 1) * (1.07 * leaseMs + everyMs) + 3_600_000 + 1_000 * grainMs;
  }

  async #conclude(): Promise<void> {
    if (this.witness.violations.length > 0) return;
    await this.#inspect(true);
    const open = await this.#rows.activeJobs();
    for (const { id, state, counts } of open) this.witness.accuse('I27', id, `it is ${state} and never ends: ${JSON.stringify(counts)}`);
    if (open.length === 0 && !this.#isOver) this.witness.accuse('I27', 'authors', 'they never get their jobs submitted');
    this.note(digestOf(JSON.stringify(await this.#disk.read(true))));
  }

  #hire(plan: SimulatedWorker['plan']): SimulatedWorker {
    const { time, chance, witness, note } = this;
    return new SimulatedWorker(plan, { ...{ time, chance, witness, note, truth: this.#truth, seen: this.#seen }, life: () => this.#life });
  }

  #hireAuthors(): SimulatedAuthor[] {
    const { authors, jobs, unitsPerJob, leaseMs, tasks } = this.configuration;
    const { time, chance, witness, note } = this;
    const orders = {
      tasks: tasks.map((_, n): TaskId => taskId(n)),
      units: unitsPerJob,
      leaseMs,
      has: (feature: Feature) => this.has(feature),
    };
    return Array.from({ length: authors }, (_, n) => {
      const count = Math.max(1, Math.round(jobs / authors));
      const ports = { ...{ time, chance, witness, note }, isRepeating: this.has('repeats'), pauseMs: leaseMs / 4, life: () => this.#life };
      return new SimulatedAuthor(`author ${n}`, drawOrders(chance, { ...orders, count }), ports);
    });
  }
}

const toTask = (id: TaskId, { verify, isAlike }: TaskPlan): PublishedTask => ({
  id,
  manifest: {
    ...{ format: 1, name: 'task', version: '1.0.0', title: 'A task', license: 'MIT', bundle: digestOf('bundle'), bundleBytes: 10 },
    ...{ limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: OUTPUT_BYTES }, verify, math: 'deterministic' },
    ...(isAlike && { engines: 'alike' as const }),
  } as PublishedTask['manifest'],
  signed: { manifest: { text: '{}', signature: 's' }, certificate: { text: '{}', signature: 's' } },
  author: 'author 0',
  publishedAt: 0,
});

/** Brings back what it holds, and soon. */
const isDependable = ({ lies, errors, silence, lateness, unitMs }: HostPlan, leaseMs: number): boolean =>
  lies + errors + silence + lateness === 0 && unitMs < leaseMs;
