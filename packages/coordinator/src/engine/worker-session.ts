/**
 * One host's connection, as the engine keeps it: what it holds, what it wishes for, and where it stands.
 *
 *   opened ── reconciled ──▶ may be given work ── closed or replaced ──▶ gone
 *
 * The lease book is this host's live leases. It empties as they return, end or are revoked; it never outlives the session,
 * because the books do.
 */
import type { AccountId, Downstream, HostId, JobId, LeaseId, LeaseRef, Payload, Upstream } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { Revocation } from '../domain/unit-effect.ts';
import type { WorkerLink } from '../ports/worker-link.ts';
import { toAssignFrames } from './assign-frames.ts';
import type { HostIdentity, Session } from './coordinator.ts';
import type { Eater, GivenLease, NoWorkReason } from './eater.ts';
import type { EngineLimits } from './engine-limits.ts';

export interface HeldLease {
  readonly job: JobId;
  readonly index: number;
  readonly leaseMs: number;
  deadlineAt: number;
  /** When we gave it, or heard that it has it. */
  readonly heldAt: number;
  /** As last reported, 0 to 1. */
  fraction: number;
}

export type UpstreamMessage = Exclude<Upstream, { type: 'hello' }>;

/** What a session asks of the engine. */
export interface SessionPorts {
  readonly limits: EngineLimits;
  readonly heartbeatMs: number;
  /** Never rejects. */
  receive(session: WorkerSession, message: UpstreamMessage): Promise<void>;
  closed(session: WorkerSession): void;
  jobOf(id: JobId): Job | undefined;
  retryAfterMs(): number;
  now(): number;
}

/** What a host may hold whatever its cores: units of a millisecond are many at a time. What it has earned for a task bounds it besides (matching.ts). */
const QUOTA_FLOOR = 64;
/** Whoever is kept out for longer asks again in between: the wish stands, and its operator may be heard. */
const LONGEST_PAUSE_MS = 3_600_000;

export class WorkerSession implements Session, Eater {
  readonly identity: HostIdentity;
  readonly quota: number;
  readonly book = new Map<LeaseId, HeldLease>();
  readonly #link: WorkerLink;
  readonly #ports: SessionPorts;
  #wish = 0;
  #isAsking = false;
  #isReconciled = false;
  #isOpen = true;

  constructor(identity: HostIdentity, link: WorkerLink, ports: SessionPorts) {
    this.identity = identity;
    this.#link = link;
    this.#ports = ports;
    const { quotaPerHost, quotaCeiling } = ports.limits;
    this.quota = quotaPerHost ?? Math.min(Math.max(QUOTA_FLOOR, 2 * identity.cores), quotaCeiling);
  }

  get heartbeatMs(): number {
    return this.#ports.heartbeatMs;
  }

  get host(): HostId {
    return this.identity.host;
  }

  get account(): AccountId {
    return this.identity.account;
  }

  get cores(): number {
    return this.identity.cores;
  }

  get gflops(): number | null {
    return this.identity.gflops;
  }

  get engine(): string {
    return this.identity.engine;
  }

  get holding(): number {
    return this.book.size;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get wish(): number {
    return this.#wish;
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  get isFull(): boolean {
    return this.book.size >= this.quota;
  }

  get appetite(): number {
    if (!this.#isOpen || !this.#isReconciled || this.#link.bufferedBytes > this.#ports.limits.bufferedBytes) return 0;
    return Math.max(0, Math.min(this.#wish, this.quota - this.book.size));
  }

  held(jobs: ReadonlySet<JobId>): number {
    let held = 0;
    for (const { job } of this.book.values()) if (jobs.has(job)) held++;
    return held;
  }

  async receive(message: UpstreamMessage): Promise<void> {
    if (this.#isOpen) await this.#ports.receive(this, message);
  }

  send(message: Downstream): void {
    if (this.#isOpen) this.#link.send(message);
  }

  /** A standing wish: it replaces the one before. */
  wishFor(replicas: number): void {
    this.#wish = replicas;
    this.#isAsking = replicas > 0;
  }

  reconciled(): void {
    this.#isReconciled = true;
  }

  hold(ref: LeaseRef, leaseMs: number, deadlineAt: number): void {
    this.book.set(ref.lease, { job: ref.job, index: ref.index, leaseMs, deadlineAt, heldAt: this.#ports.now(), fraction: 0 });
  }

  /** Every deadline moved on. */
  /** As the store does (ST17). */
  extend(byMs: number, until: number): void {
    for (const held of this.book.values()) held.deadlineAt = Math.min(held.deadlineAt + byMs, until + held.leaseMs);
  }

  progressed(lease: LeaseId, fraction: number): void {
    const held = this.book.get(lease);
    if (held !== undefined) held.fraction = fraction;
  }

  accept(leases: readonly GivenLease[]): boolean {
    if (!this.#isOpen) return false;
    for (const given of leases) this.hold(given, given.leaseMs, given.deadlineAt);
    // A wish that came meanwhile did not know of these yet: they are part of it.
    this.#wish = Math.max(0, this.#wish - leases.length);
    this.#isAsking = false;
    return true;
  }

  deliver(leases: readonly GivenLease[], inputs: readonly Payload[]): void {
    const { limits, jobOf } = this.#ports;
    // What was revoked while its input was read is not sent any more.
    const live = leases.map((given, i) => ({ ...given, input: inputs[i] as Payload })).filter(({ lease }) => this.book.has(lease));
    for (const [id, given] of Map.groupBy(live, ({ job }) => job)) {
      const job = jobOf(id);
      if (job === undefined) continue;
      const assigned = given.map(({ lease, index, input }) => ({ lease, index, input }));
      for (const frame of toAssignFrames(job, assigned, this.#shortest(given), limits)) this.send(frame);
    }
  }

  /** One that is sent again has less left than a new one. */
  #shortest(leases: readonly GivenLease[]): number {
    const now = this.#ports.now();
    return leases.reduce(
      (shortest, { leaseMs, deadlineAt }) => Math.min(shortest, leaseMs, Math.max(1, Math.floor(deadlineAt - now))),
      Number.MAX_SAFE_INTEGER,
    );
  }

  decline(reason: NoWorkReason, until: number | null = 0): void {
    this.#isAsking = false;
    const leftMs = until === null ? LONGEST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, until - this.#ports.now());
    this.send({ type: 'no-work', retryAfterMs: Math.max(this.#ports.retryAfterMs(), leftMs), reason });
  }

  /** Leases that are over for this host. */
  revoke(leases: readonly LeaseRef[], reason: Revocation['reason']): void {
    for (const { lease } of leases) this.book.delete(lease);
    const { leasesPerFrame } = this.#ports.limits;
    for (let at = 0; at < leases.length; at += leasesPerFrame)
      this.send({ type: 'revoke', leases: leases.slice(at, at + leasesPerFrame), reason });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.book.clear();
    this.#ports.closed(this);
  }

  /** We end it; the link tells the host why. */
  end(...why: Parameters<WorkerLink['close']>): void {
    this.close();
    this.#link.close(...why);
  }
}
