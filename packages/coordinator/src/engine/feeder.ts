/**
 * Hands out work: fills the standing wishes of hosts whenever there is something to give, without anybody polling.
 * One proposal at a time goes through the commit queue; it decides for all hungry hosts at once, each in turn:
 * jobs in the board's order, of each job first the units with ready replicas, then fresh ones in strict order of index.
 */
import type { AccountId, Downstream, HostId, JobId, LeaseId, Payload } from '@manyhands/protocol';
import { isEligible } from '../domain/eligibility.ts';
import type { Job } from '../domain/job.ts';
import type { UnitRef, WorkUnit } from '../domain/work-unit.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import type { Books } from './books.ts';
import type { CommitQueue, Proposal, RefusalReason } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { JobBoard, JobEntry } from './job-board.ts';
import type { Offer } from './ready-window.ts';

export type NoWorkReason = Extract<Downstream, { type: 'no-work' }>['reason'];

export interface GivenLease extends UnitRef {
  readonly lease: LeaseId;
  readonly leaseMs: number;
  readonly deadlineAt: number;
}

/** A session, as the feeder sees it. */
export interface Eater {
  readonly host: HostId;
  readonly account: AccountId;
  /** How many leases it can take now. 0 while it is not reconciled, holds all it may, or reads too slowly. */
  readonly appetite: number;
  /** It waits for an answer to its wish. */
  readonly isAsking: boolean;
  /** It holds all it may. */
  readonly isFull: boolean;
  /** These are its leases now. False: it is gone, and never heard of them. */
  accept(leases: readonly GivenLease[]): boolean;
  /** The inputs of what it accepted, in the same order. */
  deliver(leases: readonly GivenLease[], inputs: readonly Payload[]): void;
  decline(reason: NoWorkReason): void;
}

/** Ready replicas are the last ones: the first of them is always the next to be leased. */
const hasReady = ({ state, replicas }: WorkUnit): boolean => state.kind === 'open' && replicas.at(-1)?.kind === 'ready';

interface Portion {
  readonly eater: Eater;
  readonly leases: GivenLease[];
}

interface Feeding {
  readonly portions: readonly Portion[];
  /** There was more to give than one commit takes: whoever got nothing is not to be told that there is nothing. */
  readonly isCut: boolean;
}

export interface FeederPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadInputs' | 'readyUnits'>;
  readonly books: Books;
  readonly board: JobBoard;
  readonly entropy: Pick<Entropy, 'leaseId'>;
  readonly limits: EngineLimits;
  onBroken(error: unknown): void;
}

export class Feeder {
  readonly #ports: FeederPorts;
  /** In turn: whoever was served goes to the end. */
  readonly #hungry = new Set<Eater>();
  readonly #proposal: Proposal<Feeding>;
  readonly #paging = new Set<JobId>();
  #isProposed = false;
  #hasNews = false;
  /** null: work is handed out. */
  #stopped: NoWorkReason | null = null;

  constructor(ports: FeederPorts) {
    this.#ports = ports;
    this.#proposal = {
      units: [],
      jobs: [],
      weight: 1,
      isSheddable: true,
      decide: (draft) => this.#decide(draft),
      speak: (feeding) => this.#speak(feeding),
      refuse: (reason) => this.#refuse(reason),
    };
  }

  /** It wishes for work, or has room again. */
  welcome(eater: Eater): void {
    this.#hungry.add(eater);
    this.wake();
  }

  forget(eater: Eater): void {
    this.#hungry.delete(eater);
  }

  /** What became of a unit: kept at hand while it has a ready replica. */
  settled(unit: WorkUnit): void {
    const window = this.#ports.board.get(unit.job)?.window;
    if (window === undefined) return;
    if (hasReady(unit)) {
      window.offer(unit);
      this.#hasNews = true;
    } else window.drop(unit.index);
  }

  jobChanged(job: Job): void {
    if (this.#ports.board.update(job)) this.#hasNews = true;
  }

  /** After a commit. */
  wakeOnNews(): void {
    if (this.#hasNews) this.wake();
  }

  /** Now and then: a slow reader may have caught up, and what is at hand may suit nobody here. */
  tick(): void {
    if (this.#hungry.size > 0) for (const entry of this.#ports.board.inOrder) if (entry.window.hasMore) this.#pageAlone(entry);
    this.wake();
  }

  /** Pages in what is ready but not at hand, where there is room: units given back must not wait for the last fresh one. */
  async refill(): Promise<void> {
    await Promise.all(this.#lowEntries().map((entry) => this.#page(entry)));
  }

  #lowEntries(): JobEntry[] {
    const { board, limits } = this.#ports;
    return board.inOrder.filter(({ window }) => window.hasMore && window.size < limits.readyUnitsPerJob / 2);
  }

  wake(): void {
    if (this.#isProposed || this.#hungry.size === 0) return;
    if (this.#stopped !== null) {
      this.#declineAsking(this.#stopped);
    } else {
      this.#isProposed = true;
      this.#ports.queue.propose(this.#proposal);
    }
  }

  /** No lease is given from now on. */
  stop(): void {
    this.#stopped = 'draining';
    this.#declineAsking('draining');
  }

  #decide(draft: Draft): Feeding {
    this.#hasNews = false;
    let room = this.#ports.limits.batchCommands;
    const portions: Portion[] = [];
    for (const eater of this.#hungry) {
      if (room === 0) break;
      const leases = this.#serve(eater, Math.min(room, eater.appetite, this.#ports.limits.leasesPerFrame), draft);
      room -= leases.length;
      if (leases.length > 0) portions.push({ eater, leases });
    }
    return { portions, isCut: room === 0 };
  }

  #serve(eater: Eater, want: number, draft: Draft): GivenLease[] {
    const leases: GivenLease[] = [];
    if (want === 0 || this.#stopped !== null) return leases;
    for (const entry of this.#ports.board.inOrder) {
      if (draft.job(entry.id)?.state === 'cancelled') continue;
      const before = leases.length;
      this.#giveReady(entry, eater, want - leases.length, draft, leases);
      this.#giveFresh(entry, eater, want - leases.length, draft, leases);
      this.#ports.board.serve(entry, leases.length - before);
      if (leases.length >= want) break;
    }
    return leases;
  }

  #giveReady(entry: JobEntry, eater: Eater, want: number, draft: Draft, into: GivenLease[]): void {
    if (want > 0 && entry.window.size > 0) entry.window.take(eater, want, (known) => this.#offer(known, entry, eater, draft, into));
  }

  #offer(known: WorkUnit, entry: JobEntry, eater: Eater, draft: Draft, into: GivenLease[]): Offer {
    const { base, unit } = draft.adopt(known);
    if (!hasReady(base)) return 'gone';
    if (!isEligible(unit, eater, entry.verify)) return 'ineligible';
    if (!hasReady(unit)) return 'taken';
    const given = this.#toLease(entry, unit.index, draft);
    const { job, index, lease, deadlineAt } = given;
    const outcome = draft.apply({ kind: 'issue-lease', job, index, lease, host: eater.host, account: eater.account, deadlineAt });
    if (outcome.kind !== 'issued') return 'taken';
    into.push(given);
    return 'issued';
  }

  #giveFresh(entry: JobEntry, eater: Eater, want: number, draft: Draft, into: GivenLease[]): void {
    for (let left = Math.min(want, draft.freshUnits(entry.id)); left > 0; left--) {
      const lease = this.#ports.entropy.leaseId();
      const index = draft.issueFresh(entry.id, { lease, host: eater.host, account: eater.account });
      if (index === null) return;
      into.push({ job: entry.id, index, lease, leaseMs: entry.leaseMs, deadlineAt: draft.now + entry.leaseMs });
    }
  }

  #toLease({ id, leaseMs }: JobEntry, index: number, { now }: Draft): GivenLease {
    return { job: id, index, lease: this.#ports.entropy.leaseId(), leaseMs, deadlineAt: now + leaseMs };
  }

  #speak({ portions, isCut }: Feeding): void {
    this.#isProposed = false;
    const accepted = portions.filter(({ eater, leases }) => this.#giveTo(eater, leases));
    if (!isCut) this.#answerTheRest(accepted);
    for (const entry of this.#lowEntries()) this.#pageAlone(entry);
    if (accepted.length > 0) {
      void this.#deliver(accepted);
      this.wake();
    }
  }

  #giveTo(eater: Eater, leases: readonly GivenLease[]): boolean {
    const isThere = eater.accept(leases);
    this.#hungry.delete(eater);
    if (isThere && eater.appetite > 0) this.#hungry.add(eater);
    if (!isThere) this.#takeBack(eater, leases);
    return isThere;
  }

  /** It went away before it could be told: what it never heard of is for others at once. */
  #takeBack({ host }: Eater, leases: readonly GivenLease[]): void {
    this.#ports.queue.propose({
      units: leases,
      jobs: [],
      weight: leases.length,
      isSheddable: false,
      decide: (draft) => {
        for (const { job, index, lease } of leases) draft.apply({ kind: 'release-lease', job, index, lease, host });
      },
      speak: () => {},
      // Then their deadlines take them back.
      refuse: () => {},
    });
  }

  /** Who asked and got nothing is told why; the wish stands. */
  #answerTheRest(accepted: readonly Portion[]): void {
    const served = new Set(accepted.map(({ eater }) => eater));
    const isAnythingReady = this.#ports.board.inOrder.some(({ window }) => window.size > 0);
    for (const eater of this.#hungry) {
      if (!eater.isAsking || served.has(eater)) continue;
      if (eater.isFull) eater.decline('quota');
      // Not reconciled yet, or reading too slowly: its turn comes.
      else if (eater.appetite > 0) eater.decline(isAnythingReady ? 'not-eligible' : 'no-jobs');
    }
  }

  async #deliver(portions: readonly Portion[]): Promise<void> {
    try {
      const inputs = await this.#ports.store.loadInputs(portions.flatMap(({ leases }) => leases));
      let at = 0;
      for (const { eater, leases } of portions) {
        eater.deliver(leases, inputs.slice(at, at + leases.length));
        at += leases.length;
      }
    } catch (error) {
      this.#ports.onBroken(error);
    }
  }

  #pageAlone(entry: JobEntry): void {
    this.#page(entry).catch(this.#ports.onBroken);
  }

  async #page({ id, window }: JobEntry): Promise<void> {
    if (this.#paging.has(id)) return;
    this.#paging.add(id);
    const { store, limits } = this.#ports;
    try {
      const units = await store.readyUnits(id, window.beginPage(), limits.pageUnits);
      window.acceptPage(units, units.length < limits.pageUnits);
    } finally {
      this.#paging.delete(id);
    }
    this.wake();
  }

  #refuse(reason: RefusalReason): void {
    this.#isProposed = false;
    this.#declineAsking(reason === 'draining' ? 'draining' : 'overloaded');
  }

  #declineAsking(reason: NoWorkReason): void {
    for (const eater of this.#hungry) if (eater.isAsking) eater.decline(reason);
  }
}
