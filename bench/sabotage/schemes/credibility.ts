/**
 * Sarmenta's credibility-based fault tolerance (2001). A host's credibility grows with the canaries it has passed; that of a group of
 * equal answers follows from its members', and a unit is decided once a group's reaches 1 − 1/wrongIn. Units are walked round and
 * round: credibility that a host gained since counts for what it answered before.
 */
import { NO_ANSWER } from '../world/answer.ts';
import { Column } from '../world/column.ts';
import type { Draw } from '../world/draw.ts';
import { type Book, type Job, NO_UNIT, REFUSED, type Referee, type Scheme, type SchemeMaker } from '../world/scheme.ts';
import { CanaryPool } from './canary-pool.ts';
import { strongestGroup } from './group-credibility.ts';
import { OpenRing } from './open-ring.ts';
import { CHECKED_SHARE } from './spot-check.ts';
import { NO_VOTE, Votes } from './votes.ts';

/** `blacklist`: who fails a canary is banned. `rejoin`: it starts anew, as it could under a new name. Either way its answers count no more. */
export type OnCaught = 'blacklist' | 'rejoin';

/** Odds stay finite even where nobody is assumed to lie. */
const SUREST = 1 - 1e-12;

/** The share of wrong results to reckon with from a host that passed `checks` canaries, at worst over what share it lies in. */
export function credibilityOf(checks: number, f: number, onCaught: OnCaught): number {
  if (checks === 0) return Math.min(SUREST, 1 - f);
  const error = onCaught === 'blacklist' ? f / (1 - f) / (checks * Math.E) : f / checks;
  return Math.min(SUREST, Math.max(1 - f, 1 - error));
}

class Credibility implements Scheme {
  waitMs: number;
  readonly #job: Job;
  readonly #book: Book;
  readonly #onCaught: OnCaught;
  readonly #odds: number[] = [];
  readonly #votes: Votes;
  readonly #ring: OpenRing;
  readonly #canaries: CanaryPool;
  readonly #passed: Column;
  readonly #inFlight: Column;
  readonly #banned = new Set<number>();

  constructor(job: Job, book: Book, referee: Referee, draw: Draw, onCaught: OnCaught) {
    this.#job = job;
    this.#book = book;
    this.#onCaught = onCaught;
    this.#votes = new Votes(job.units, job.hosts);
    this.#ring = new OpenRing(job.units);
    this.#canaries = new CanaryPool(job, book, referee, draw);
    for (let unit = 0; unit < job.units; unit++) if (book.accepted(unit) !== NO_ANSWER) this.#ring.remove(unit);
    this.#passed = new Column(job.hosts);
    this.#inFlight = new Column(job.units);
    this.waitMs = job.unitMs / 2;
  }

  requestWork(host: number, _now: number, draw: Draw): number {
    const isBanned = this.#banned.has(host);
    this.waitMs = isBanned ? Number.POSITIVE_INFINITY : this.#job.unitMs / 2;
    if (isBanned) return REFUSED;
    if (draw() < CHECKED_SHARE) return this.#canaries.draw(host, draw);
    return this.#nextOpen(host);
  }

  receive(host: number, unit: number, answer: number): void {
    const finding = this.#canaries.judge(host, answer);
    if (finding === 'passed') this.#passed.add(host, 1);
    else if (finding === 'failed') this.#convict(host);
    else this.#record(host, unit, answer);
  }

  leaseExpired(host: number, unit: number): void {
    if (this.#canaries.judge(host, NO_ANSWER) === 'ordinary') this.#record(host, unit, NO_ANSWER);
  }

  finish(): boolean {
    return true;
  }

  #record(host: number, unit: number, answer: number): void {
    this.#inFlight.set(unit, 0);
    this.#votes.add(unit, host, answer);
    if (this.#book.accepted(unit) === NO_ANSWER) this.#decide(unit);
  }

  /** One replica of a unit at a time: the next is worth computing only if this one leaves it undecided. */
  #nextOpen(host: number): number {
    for (let left = this.#ring.size; left > 0; left--) {
      const unit = this.#ring.current;
      if (this.#inFlight.get(unit) === 0) {
        if (this.#decide(unit)) continue;
        if (!this.#votes.has(unit, host)) {
          this.#ring.step();
          this.#inFlight.set(unit, 1);
          return unit;
        }
      }
      this.#ring.step();
    }
    return NO_UNIT;
  }

  /** Accepts the strongest answer if it is credible enough. */
  #decide(unit: number): boolean {
    const { answer, credibility } = strongestGroup(this.#votes, unit, this.#oddsOf);
    if (credibility < 1 - 1 / this.#job.wrongIn) return false;
    this.#book.accept(unit, answer);
    this.#ring.remove(unit);
    return true;
  }

  readonly #oddsOf = (host: number): number => {
    const passed = this.#passed.get(host);
    let odds = this.#odds[passed];
    if (odds === undefined) {
      const credibility = credibilityOf(passed, this.#job.assumedLiars, this.#onCaught);
      odds = credibility / (1 - credibility);
      this.#odds[passed] = odds;
    }
    return odds;
  };

  #convict(host: number): void {
    if (this.#onCaught === 'blacklist') {
      this.#banned.add(host);
      this.#book.ban(host);
    } else {
      this.#book.blame(host);
    }
    this.#passed.set(host, 0);
    for (let vote = this.#votes.ofHost(host); vote !== NO_VOTE; vote = this.#votes.olderOfHost(vote)) this.#withdraw(vote);
    this.#votes.forgetHost(host);
  }

  /** Whatever was decided with this vote is decided again without it. */
  #withdraw(vote: number): void {
    const unit = this.#votes.unit(vote);
    this.#votes.strike(vote);
    if (this.#book.accepted(unit) === NO_ANSWER) return;
    this.#book.reopen(unit);
    this.#ring.add(unit);
    if (this.#inFlight.get(unit) === 0) this.#decide(unit);
  }
}

export const credibility =
  (onCaught: OnCaught): SchemeMaker =>
  (job, book, referee, draw) =>
    new Credibility(job, book, referee, draw, onCaught);
