/**
 * Hands out work: fills the standing wishes of hosts whenever there is something to give, without anybody polling.
 * One proposal at a time goes through the commit queue; it decides for all hungry hosts at once, each in turn (portion.ts).
 */
import type { HostId } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import type { CommitQueue, Proposal, RefusalReason } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import type { Eater, GivenLease, NoWorkReason } from './eater.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { JobBoard } from './job-board.ts';
import type { Paces } from './paces.ts';
import { hasReady, Portion } from './portion.ts';
import type { ReadyPager } from './ready-pager.ts';

interface Feeding {
  readonly portions: readonly Portion[];
  /** Hosts that are kept from all work there is by what they earned, and until when. */
  readonly suspended: ReadonlyMap<Eater, number | null>;
  /** There was more to give than one commit takes: whoever got nothing is not to be told that there is nothing. */
  readonly isCut: boolean;
}

export interface FeederPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadInputs'>;
  readonly board: JobBoard;
  readonly pager: ReadyPager;
  readonly paces: Paces;
  readonly entropy: Pick<Entropy, 'leaseId' | 'random'>;
  readonly limits: Pick<EngineLimits, 'batchCommands' | 'leasesPerFrame' | 'maxReplicas'>;
  isConnected(host: HostId): boolean;
  onBroken(error: unknown): void;
}

export class Feeder {
  readonly #ports: FeederPorts;
  /** In turn: whoever was served goes to the end. */
  readonly #hungry = new Set<Eater>();
  readonly #proposal: Proposal<Feeding>;
  /** Until when each was told that it is suspended. */
  readonly #toldUntil = new WeakMap<Eater, number | null>();
  #isProposed = false;
  #hasNews = false;
  #isStopped = false;

  constructor(ports: FeederPorts) {
    this.#ports = ports;
    this.#proposal = {
      units: [],
      // What their hosts have earned must be at hand.
      get jobs() {
        return ports.board.inOrder.map(({ id }) => id);
      },
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
    const entry = this.#ports.board.get(unit.job);
    if (entry === undefined) return;
    if (entry.verify.kind === 'confidence') entry.canaries.offer(unit, this.#ports.limits.maxReplicas);
    if (hasReady(unit)) {
      entry.window.offer(unit);
      this.#hasNews = true;
    } else entry.window.drop(unit.index);
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
    if (this.#hungry.size > 0) this.#wakeAfter(this.#ports.pager.turn());
    this.wake();
  }

  wake(): void {
    if (this.#isProposed || this.#hungry.size === 0) return;
    if (this.#isStopped) {
      this.#declineAsking('draining');
    } else {
      this.#isProposed = true;
      this.#ports.queue.propose(this.#proposal);
    }
  }

  /** No lease is given from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#declineAsking('draining');
  }

  #decide(draft: Draft): Feeding {
    const { limits, board, entropy } = this.#ports;
    this.#hasNews = false;
    const portions: Portion[] = [];
    const suspended = new Map<Eater, number | null>();
    if (!this.#hasAnything(draft)) return { portions, suspended, isCut: false };
    let room = this.#isStopped ? 0 : limits.batchCommands;
    for (const eater of this.#inTurn()) {
      if (room === 0) break;
      const portion = new Portion(eater, Math.min(room, eater.appetite, limits.leasesPerFrame), draft, entropy);
      portion.fillFrom(board);
      room -= portion.leases.length;
      if (portion.leases.length > 0) portions.push(portion);
      else if (portion.suspendedUntil !== undefined) suspended.set(eater, portion.suspendedUntil);
    }
    return { portions, suspended, isCut: room === 0 };
  }

  /** Near the end of a job the fast come first: what is left waits for nobody slower than it must. */
  #inTurn(): Iterable<Eater> {
    const { board, paces } = this.#ports;
    const [entry, second] = board.inOrder;
    if (entry === undefined || second !== undefined || entry.window.size === 0 || entry.window.size > this.#hungry.size)
      return this.#hungry;
    const paceOf = paces.of(entry.id);
    return [...this.#hungry].sort((a, b) => (paceOf(a.host) ?? Number.POSITIVE_INFINITY) - (paceOf(b.host) ?? Number.POSITIVE_INFINITY));
  }

  /** Hosts that wait for work. */
  get freeHosts(): HostId[] {
    return [...this.#hungry].filter(({ appetite }) => appetite > 0).map(({ host }) => host);
  }

  /** Thousands may be waiting; when there is nothing, none of them is looked at. */
  #hasAnything(draft: Draft): boolean {
    return this.#ports.board.inOrder.some(({ id, window }) => window.size > 0 || draft.freshUnits(id) > 0);
  }

  #speak({ portions, suspended, isCut }: Feeding): void {
    this.#isProposed = false;
    const accepted = portions.filter(({ eater, leases }) => this.#giveTo(eater, leases));
    if (!isCut) this.#answerTheRest(accepted, suspended);
    if (this.#ports.board.inOrder.length > 0) this.#wakeAfter(this.#ports.pager.refill());
    if (accepted.length === 0) return;
    this.#deliver(accepted).catch(this.#ports.onBroken);
    this.wake();
  }

  #giveTo(eater: Eater, leases: readonly GivenLease[]): boolean {
    const isThere = eater.accept(leases);
    this.#hungry.delete(eater);
    if (isThere && eater.appetite > 0) this.#hungry.add(eater);
    // It went away before it could be told: it is told when it is back (reconciliation.ts).
    if (!isThere && this.#ports.isConnected(eater.host)) this.#takeBack(eater, leases);
    return isThere;
  }

  /** Another session of its host has taken its place, and may have compared leases already: what neither heard of is for others at once. */
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
  #answerTheRest(accepted: readonly Portion[], suspended: Feeding['suspended']): void {
    const served = new Set(accepted.map(({ eater }) => eater));
    const isAnythingReady = this.#ports.board.inOrder.some(({ window }) => window.size > 0);
    for (const eater of this.#hungry) {
      if (served.has(eater) || !(eater.isAsking || this.#hasNewsFor(eater, suspended))) continue;
      if (eater.isFull) eater.decline('quota');
      else if (suspended.has(eater)) eater.decline('suspended', suspended.get(eater));
      // Not reconciled yet, or reading too slowly: its turn comes.
      else if (eater.appetite > 0) eater.decline(isAnythingReady ? 'not-eligible' : 'no-jobs');
    }
  }

  /** A wish that stands is not answered again, but whoever is suspended meanwhile is told, once. */
  #hasNewsFor(eater: Eater, suspended: Feeding['suspended']): boolean {
    const until = suspended.get(eater);
    if (until === undefined || this.#toldUntil.get(eater) === until) return false;
    this.#toldUntil.set(eater, until);
    return true;
  }

  async #deliver(portions: readonly Portion[]): Promise<void> {
    const inputs = await this.#ports.store.loadInputs(portions.flatMap(({ leases }) => leases));
    let at = 0;
    for (const { eater, leases } of portions) {
      eater.deliver(leases, inputs.slice(at, at + leases.length));
      at += leases.length;
    }
  }

  #wakeAfter(reading: Promise<boolean>): void {
    reading.then((hasRead) => {
      if (hasRead) this.wake();
    }, this.#ports.onBroken);
  }

  #refuse(reason: RefusalReason): void {
    this.#isProposed = false;
    this.#declineAsking(reason === 'draining' ? 'draining' : 'overloaded');
  }

  #declineAsking(reason: NoWorkReason): void {
    for (const eater of this.#hungry) if (eater.isAsking) eater.decline(reason);
  }
}
