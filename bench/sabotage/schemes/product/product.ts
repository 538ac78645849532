/**
 * The product's own policies in the simulator. Verdicts, trust, quota and matching are the coordinator's domain code; the lists of ready
 * units and of canaries are its engine's. What is done here is only what the engine does between them, without store and wire.
 */
import type { VerifyPolicy } from '@manyhands/protocol';
import { isEligible } from '../../../../packages/coordinator/src/domain/eligibility.ts';
import { type Allotment, allot } from '../../../../packages/coordinator/src/domain/matching.ts';
import type { CommandOf } from '../../../../packages/coordinator/src/domain/unit-command.ts';
import type { WorkUnit } from '../../../../packages/coordinator/src/domain/work-unit.ts';
import { Canaries } from '../../../../packages/coordinator/src/engine/canaries.ts';
import { ENGINE_LIMITS } from '../../../../packages/coordinator/src/engine/engine-limits.ts';
import { hasReady } from '../../../../packages/coordinator/src/engine/portion.ts';
import { type Offer, ReadyWindow } from '../../../../packages/coordinator/src/engine/ready-window.ts';
import { Column } from '../../world/column.ts';
import type { Draw } from '../../world/draw.ts';
import { type Book, type Job, NO_UNIT, REFUSED, type Referee, type Scheme, type SchemeMaker } from '../../world/scheme.ts';
import { EndAudit } from './end-audit.ts';
import { HostLedger } from './host-ledger.ts';
import { digestOf, hostIdOf, JOB, leaseIdOf } from './names.ts';
import { ProductJob } from './product-job.ts';
import { Standstill } from './standstill.ts';

/** The simulator holds every unit in memory, so all that are ready are at hand. */
const ALL_AT_HAND = Number.POSITIVE_INFINITY;

type Given = Pick<CommandOf<'issue-lease'>, 'lease' | 'host' | 'account' | 'deadlineAt'>;

class Product implements Scheme {
  waitMs: number = ENGINE_LIMITS.retryAfterMs;
  readonly #leaseMs: number;
  readonly #hosts: HostLedger;
  readonly #job: ProductJob;
  readonly #audit: EndAudit;
  readonly #window = new ReadyWindow(ALL_AT_HAND, false);
  readonly #canaries = new Canaries();
  /** By host: what the window knows it by, and the lease in its hands. */
  readonly #eaters: object[] = [];
  readonly #leaseOf: Column;
  readonly #givenAt: Column;
  readonly #standstill: Standstill;
  #leases = 0;
  #now = 0;

  constructor(job: Job, book: Book, referee: Referee, verify: VerifyPolicy) {
    this.#leaseMs = job.leaseMs;
    this.#hosts = new HostLedger(book);
    this.#job = new ProductJob(job, verify, this.#hosts, book, referee, (unit) => this.#settled(unit));
    this.#audit = new EndAudit(this.#job);
    this.#leaseOf = new Column(job.hosts);
    this.#givenAt = new Column(job.hosts);
    this.#standstill = new Standstill(this.#job);
  }

  hostJoined(host: number, account: number): void {
    this.#hosts.join(host, account);
    this.#eaters[host] = {};
  }

  requestWork(host: number, now: number, draw: Draw): number {
    this.#now = now;
    const allotment = allot(this.#hosts.standing(host), 0, this.#hosts.conduct(host), this.#job.verify, now);
    if (allotment.kind === 'suspended') {
      this.waitMs = allotment.until === null ? Number.POSITIVE_INFINITY : allotment.until - now;
      return REFUSED;
    }
    this.waitMs = ENGINE_LIMITS.retryAfterMs;
    const unit = this.#give(host, allotment, draw);
    if (unit === NO_UNIT) this.#standstill.idle(now);
    else this.#standstill.moved(now);
    return unit;
  }

  #give(host: number, { kind, most, open }: Exclude<Allotment, { kind: 'suspended' }>, draw: Draw): number {
    const isNewcomer = kind === 'newcomer';
    const known = isNewcomer && most > 0 ? this.#giveKnown(host, draw) : NO_UNIT;
    if (known !== NO_UNIT) return known;
    const ready = (isNewcomer ? open : most) > 0 ? this.#giveReady(host, isNewcomer) : NO_UNIT;
    return ready === NO_UNIT && open > 0 ? this.#giveFresh(host) : ready;
  }

  receive(host: number, unit: number, answer: number, now: number, draw: Draw): void {
    this.#now = now;
    const [lease, digest] = [leaseIdOf(this.#leaseOf.get(host)), digestOf(unit, answer)];
    const facts = { job: JOB, index: unit, lease, host: hostIdOf(host), digest, output: '', elapsedMs: 0, draw: draw() };
    this.#job.apply({ kind: 'record-result', ...facts }, now);
  }

  giveBack(host: number, unit: number, now: number): void {
    this.#now = now;
    const lease = leaseIdOf(this.#leaseOf.get(host));
    this.#job.apply({ kind: 'release-lease', job: JOB, index: unit, lease, host: hostIdOf(host) }, now);
    this.#hosts.gaveBack(host, this.#givenAt.get(host) + this.#leaseMs, now);
  }

  leaseExpired(_host: number, unit: number, now: number): void {
    this.#now = now;
    this.#job.apply({ kind: 'expire-leases', job: JOB, index: unit }, now);
  }

  finish(now: number, draw: Draw): boolean {
    this.#now = now;
    return this.#audit.advance(now, draw);
  }

  #giveKnown(host: number, draw: Draw): number {
    if (this.#canaries.size === 0) return NO_UNIT;
    const { verify } = this.#job;
    for (const known of this.#canaries.from(draw())) {
      const given = this.#lease(host);
      const kind = known.state.kind === 'final' ? 'issue-canary' : 'issue-lease';
      if (isEligible(known, given, verify) && this.#issue(kind, known.index, given)) return known.index;
    }
    return NO_UNIT;
  }

  #giveReady(host: number, isNewcomer: boolean): number {
    if (this.#window.size === 0) return NO_UNIT;
    let found = NO_UNIT;
    const given = this.#lease(host);
    this.#window.take(this.#eaters[host] as object, 1, (unit): Offer => {
      if (!isEligible(unit, given, this.#job.verify)) return 'ineligible';
      // A newcomer's word checks nobody's; later it may.
      if (isNewcomer && unit.state.kind === 'provisional') return 'taken';
      this.#issue('issue-lease', unit.index, given);
      found = unit.index;
      return 'issued';
    });
    return found;
  }

  #giveFresh(host: number): number {
    const fresh = this.#job.nextFresh();
    if (fresh === null) return NO_UNIT;
    this.#issue('issue-lease', fresh.index, this.#lease(host));
    return fresh.index;
  }

  #issue(kind: 'issue-lease' | 'issue-canary', index: number, given: Given): boolean {
    return this.#job.apply({ kind, job: JOB, index, ...given }, this.#now).kind === 'issued';
  }

  #lease(host: number): Given {
    this.#leaseOf.set(host, ++this.#leases);
    this.#givenAt.set(host, this.#now);
    const { host: id, account } = this.#hosts.standing(host);
    return { lease: leaseIdOf(this.#leases), host: id, account, deadlineAt: this.#now + this.#leaseMs };
  }

  #settled(unit: WorkUnit): void {
    if (this.#job.verify.kind === 'confidence') this.#canaries.offer(unit, ENGINE_LIMITS.maxReplicas);
    if (hasReady(unit)) this.#window.offer(unit);
    else this.#window.drop(unit.index);
    this.#standstill.settled(unit);
    this.#audit.settled(unit, this.#now);
  }
}

const product =
  (policy: (wrongIn: number) => VerifyPolicy): SchemeMaker =>
  (job, book, referee) =>
    new Product(job, book, referee, policy(job.wrongIn));

export const PRODUCT: Readonly<Record<string, SchemeMaker>> = {
  confidence: product((wrongIn) => ({ kind: 'confidence', wrongIn, agree: { kind: 'exact' } })),
  proof: product(() => ({ kind: 'proof' })),
};
