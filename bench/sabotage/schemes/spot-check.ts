/**
 * Spot-checking with blacklist and backtracking: one result decides a unit; one request in ten gets a canary; who fails one is banned,
 * and every unit that rests on its word is done again (Sarmenta 2001).
 */
import { NO_ANSWER } from '../world/answer.ts';
import type { Draw } from '../world/draw.ts';
import { type Book, type Job, REFUSED, type Referee, type Scheme, type SchemeMaker } from '../world/scheme.ts';
import { CanaryPool } from './canary-pool.ts';
import { Handout } from './handout.ts';
import { NO_VOTE, Votes } from './votes.ts';

export const CHECKED_SHARE = 0.1;

class SpotCheck implements Scheme {
  waitMs: number;
  readonly #retryMs: number;
  readonly #book: Book;
  readonly #votes: Votes;
  readonly #handout: Handout;
  readonly #canaries: CanaryPool;
  readonly #banned = new Set<number>();

  constructor(job: Job, book: Book, referee: Referee, draw: Draw) {
    this.#book = book;
    this.#votes = new Votes(job.units, job.hosts);
    this.#handout = new Handout(job.units, this.#votes, (unit) => book.accepted(unit) === NO_ANSWER);
    this.#canaries = new CanaryPool(job, book, referee, draw);
    this.#retryMs = job.unitMs / 2;
    this.waitMs = this.#retryMs;
  }

  requestWork(host: number, _now: number, draw: Draw): number {
    const isBanned = this.#banned.has(host);
    this.waitMs = isBanned ? Number.POSITIVE_INFINITY : this.#retryMs;
    if (isBanned) return REFUSED;
    if (draw() < CHECKED_SHARE) return this.#canaries.draw(host, draw);
    return this.#handout.next(host);
  }

  receive(host: number, unit: number, answer: number): void {
    const finding = this.#canaries.judge(host, answer);
    if (finding === 'failed') this.#convict(host);
    if (finding !== 'ordinary' || this.#banned.has(host)) return;
    this.#votes.add(unit, host, answer);
    this.#book.accept(unit, answer);
  }

  leaseExpired(host: number, unit: number): void {
    if (this.#canaries.judge(host, NO_ANSWER) !== 'ordinary') return;
    this.#votes.add(unit, host, NO_ANSWER);
    this.#handout.want(unit);
  }

  finish(): boolean {
    return true;
  }

  #convict(host: number): void {
    this.#banned.add(host);
    this.#book.ban(host);
    for (let vote = this.#votes.ofHost(host); vote !== NO_VOTE; vote = this.#votes.olderOfHost(vote)) {
      if (this.#votes.answer(vote) === NO_ANSWER) continue;
      this.#book.reopen(this.#votes.unit(vote));
      this.#handout.want(this.#votes.unit(vote));
    }
  }
}

export const spotCheck: SchemeMaker = (job, book, referee, draw) => new SpotCheck(job, book, referee, draw);
