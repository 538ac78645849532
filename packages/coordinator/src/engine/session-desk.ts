/** Opens sessions and hears what they say. Every frame ends in exactly one of these; none rejects. */
import type { HostId, LeaseRef } from '@manyhands/protocol';
import type { Host } from '../domain/change-set.ts';
import type { Revocation } from '../domain/unit-effect.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DigestText } from '../ports/digest-text.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import type { WorkerLink } from '../ports/worker-link.ts';
import { ask } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue, RefusalReason } from './commit-queue.ts';
import type { HostIdentity } from './coordinator.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { Feeder } from './feeder.ts';
import type { Paces } from './paces.ts';
import { Reconciliation } from './reconciliation.ts';
import { renewLeases } from './renewal.ts';
import type { SessionRegistry } from './session-registry.ts';
import { submitResults } from './submission.ts';
import { type SessionPorts, type UpstreamMessage, WorkerSession } from './worker-session.ts';

export interface SessionDeskPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly store: Pick<Store, 'loadHost' | 'liveLeases' | 'loadInputs'>;
  readonly blobs: Pick<BlobStore, 'size'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly entropy: Pick<Entropy, 'random'>;
  readonly digestText: DigestText;
  readonly books: Books;
  readonly feeder: Feeder;
  readonly registry: SessionRegistry;
  readonly paces: Paces;
  readonly limits: EngineLimits;
  onBroken(error: unknown): void;
}

export class SessionDesk {
  readonly #ports: SessionDeskPorts;
  readonly #reconciliations = new WeakMap<WorkerSession, Reconciliation>();
  readonly #firstSeen = new WeakMap<WorkerSession, number>();
  #isStopping = false;

  /** The same for all sessions. */
  readonly #sessionPorts: SessionPorts;

  constructor(ports: SessionDeskPorts) {
    const { limits, books, clock } = ports;
    this.#ports = ports;
    this.#sessionPorts = {
      limits,
      heartbeatMs: limits.heartbeatMs,
      receive: (from, message) => this.#receive(from, message),
      closed: (gone) => this.#closed(gone),
      jobOf: (id) => books.job(id),
      retryAfterMs: () => this.retryAfterMs(),
      now: () => clock.now(),
    };
  }

  /** A session that may not be has been ended through its link. */
  async open(identity: HostIdentity, link: WorkerLink): Promise<WorkerSession> {
    const session = new WorkerSession(identity, link, this.#sessionPorts);
    if (this.#isStopping) {
      session.end(1012, 'the coordinator is restarting; leases and results are safe');
      return session;
    }
    this.#ports.registry.add(session);
    await this.#register(session);
    return session;
  }

  /** Jittered by half, so that those who were turned away together do not come back together (I32). */
  retryAfterMs(): number {
    return Math.round(this.#ports.limits.retryAfterMs * (0.5 + this.#ports.entropy.random()));
  }

  /** Sessions that come from now on are sent away; those that are here are told what is coming. */
  announceStop(): void {
    this.#isStopping = true;
    for (const session of this.#ports.registry.all()) session.send({ type: 'drain', retryAfterMs: this.retryAfterMs() });
  }

  endAll(...why: Parameters<WorkerLink['close']>): void {
    for (const session of this.#ports.registry.all()) session.end(...why);
  }

  async #register(session: WorkerSession): Promise<void> {
    const { store, clock } = this.#ports;
    try {
      const known = await store.loadHost(session.host);
      this.#firstSeen.set(session, known?.firstSeenAt ?? clock.now());
    } catch (error) {
      return this.#ports.onBroken(error);
    }
    const refused = await this.#write(session);
    if (refused !== null) sendAway(session, refused);
  }

  #closed(session: WorkerSession): void {
    this.#ports.feeder.forget(session);
    this.#ports.registry.remove(session);
    // When it was last seen; if that cannot be written now, the next session writes it.
    void this.#write(session);
  }

  async #write(session: WorkerSession): Promise<RefusalReason | null> {
    const now = this.#ports.clock.now();
    const { host: id, protocol: _, ...identity } = session.identity;
    const firstSeenAt = this.#firstSeen.get(session) ?? now;
    const host: Host = { ...identity, id, firstSeenAt, lastSeenAt: now };
    const settled = await ask(this.#ports.queue, {
      units: [],
      jobs: [],
      weight: 1,
      isSheddable: true,
      decide: (draft) => draft.putHost(host),
    });
    return settled.kind === 'durable' ? null : settled.reason;
  }

  async #receive(session: WorkerSession, message: UpstreamMessage): Promise<void> {
    try {
      const refused = await this.#handle(session, message);
      if (refused !== null) sendAway(session, refused);
    } catch (error) {
      this.#ports.onBroken(error);
    }
  }

  /** null: done. */
  async #handle(session: WorkerSession, message: UpstreamMessage): Promise<RefusalReason | null> {
    switch (message.type) {
      case 'submit':
        return this.#submit(session, message.results);
      case 'request-work':
        session.wishFor(message.replicas);
        if (message.replicas > 0) this.#ports.feeder.welcome(session);
        return null;
      case 'renew':
        await renewLeases(session, message.leases, this.#ports);
        this.#feedAgain(session);
        return null;
      case 'release':
        return this.#release(session, message.leases);
      case 'progress':
        for (const { lease, fraction } of message.leases) session.progressed(lease, fraction);
        return null;
      case 'reconcile':
        return this.#reconcile(session, message);
    }
  }

  async #submit(session: WorkerSession, results: Extract<UpstreamMessage, { type: 'submit' }>['results']): Promise<RefusalReason | null> {
    const refused = await submitResults(session, results, this.#ports);
    this.#feedAgain(session);
    return refused;
  }

  async #release(session: WorkerSession, leases: Extract<UpstreamMessage, { type: 'release' }>['leases']): Promise<RefusalReason | null> {
    for (const { lease } of leases) session.book.delete(lease);
    const settled = await ask(this.#ports.queue, {
      units: leases,
      jobs: [],
      weight: leases.length,
      isSheddable: false,
      decide: (draft) => {
        for (const { job, index, lease } of leases) draft.giveBack({ job, index, lease, host: session.host });
      },
    });
    this.#feedAgain(session);
    return settled.kind === 'durable' ? null : settled.reason;
  }

  async #reconcile(
    session: WorkerSession,
    { leases, more }: Extract<UpstreamMessage, { type: 'reconcile' }>,
  ): Promise<RefusalReason | null> {
    const reconciliation = this.#reconciliations.get(session) ?? new Reconciliation(session, this.#ports);
    this.#reconciliations.set(session, reconciliation);
    const refused = await reconciliation.compare(leases, !more);
    if (more) return refused;
    this.#reconciliations.delete(session);
    this.#feedAgain(session);
    return refused;
  }

  /** Leases that are over for a host that may be connected. */
  revoke(host: HostId, leases: readonly LeaseRef[], reason: Revocation['reason']): void {
    const session = this.#ports.registry.get(host);
    if (session === undefined) return;
    session.revoke(leases, reason);
    this.#feedAgain(session);
  }

  /** It has room it did not have. */
  #feedAgain(session: WorkerSession): void {
    if (session.isOpen && session.wish > 0) this.#ports.feeder.welcome(session);
  }
}

/** What it asked was not done. It comes back and asks again; nothing it holds is lost. */
function sendAway(session: WorkerSession, reason: RefusalReason): void {
  if (reason === 'draining') session.end(1012, 'the coordinator is restarting; leases and results are safe');
  else session.end(1013, 'the coordinator has too much to do; come back later');
}
