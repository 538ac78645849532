/**
 * The engine of all schemes that count equal votes: a unit is given to as many hosts as must agree; where they do not, to one more at
 * a time until enough do. How many must agree, and what becomes of those who won or lost a vote, is the electorate's business.
 */
import { NO_ANSWER } from '../world/answer.ts';
import { Column } from '../world/column.ts';
import type { Draw } from '../world/draw.ts';
import { type Book, type Job, NO_UNIT, REFUSED, type Scheme } from '../world/scheme.ts';
import { Handout } from './handout.ts';
import { NO_VOTE, Votes } from './votes.ts';

export interface Electorate {
  /** How many must agree on a unit that this host is the first to get; 1: it decides alone, and gets a fresh unit if there is one. */
  quorumFor(host: number, draw: Draw): number;
  /** Its answer is the one that others agreed on too. */
  won?(host: number): void;
  /** Others agreed on something else. */
  lost?(host: number): void;
  timedOut?(host: number): void;
  isBanned?(host: number): boolean;
}

export class Voting implements Scheme {
  waitMs: number;
  readonly #book: Book;
  readonly #electorate: Electorate;
  readonly #votes: Votes;
  readonly #handout: Handout;
  readonly #retryMs: number;
  readonly #quorum: Column;
  /** Replicas of the unit that are waiting or in somebody's hands. */
  readonly #inPlay: Column;
  /** The most votes that any answer to the unit has. */
  readonly #most: Column;

  constructor(job: Job, book: Book, electorate: Electorate) {
    this.#book = book;
    this.#electorate = electorate;
    this.#votes = new Votes(job.units, job.hosts);
    this.#handout = new Handout(job.units, this.#votes, (unit) => book.accepted(unit) === NO_ANSWER);
    this.#quorum = new Column(job.units);
    this.#inPlay = new Column(job.units);
    this.#most = new Column(job.units);
    this.#retryMs = job.unitMs / 2;
    this.waitMs = this.#retryMs;
  }

  requestWork(host: number, _now: number, draw: Draw): number {
    const isBanned = this.#electorate.isBanned?.(host) === true;
    this.waitMs = isBanned ? Number.POSITIVE_INFINITY : this.#retryMs;
    if (isBanned) return REFUSED;
    const quorum = this.#electorate.quorumFor(host, draw);
    const unit = quorum === 1 ? this.#handout.nextRatherFresh(host) : this.#handout.next(host);
    if (unit === NO_UNIT) return NO_UNIT;
    // 0: a fresh unit. 1: one that somebody was to decide alone, and did not.
    if (this.#quorum.get(unit) <= 1) this.#quorum.set(unit, quorum);
    if (this.#inPlay.get(unit) === 0) this.#inPlay.set(unit, 1);
    this.#topUp(unit);
    return unit;
  }

  receive(host: number, unit: number, answer: number): void {
    if (this.#electorate.isBanned?.(host) === true) this.#replace(unit);
    else this.#count(host, unit, answer);
  }

  leaseExpired(host: number, unit: number): void {
    this.#electorate.timedOut?.(host);
    this.#votes.add(unit, host, NO_ANSWER);
    this.#replace(unit);
  }

  finish(): boolean {
    return true;
  }

  #count(host: number, unit: number, answer: number): void {
    this.#inPlay.add(unit, -1);
    this.#votes.add(unit, host, answer);
    const accepted = this.#book.accepted(unit);
    if (accepted === NO_ANSWER) this.#weigh(unit, answer);
    else this.#judge(host, answer === accepted, this.#quorum.get(unit));
  }

  #weigh(unit: number, answer: number): void {
    const agreeing = this.#votes.agreeing(unit, answer);
    if (agreeing > this.#most.get(unit)) this.#most.set(unit, agreeing);
    if (agreeing >= this.#quorum.get(unit)) this.#settle(unit, answer);
    else this.#topUp(unit);
  }

  #replace(unit: number): void {
    this.#inPlay.add(unit, -1);
    if (this.#book.accepted(unit) === NO_ANSWER) this.#topUp(unit);
  }

  /** As many replicas in play as could complete the quorum if all of them agreed with the most. */
  #topUp(unit: number): void {
    const missing = this.#quorum.get(unit) - this.#most.get(unit) - this.#inPlay.get(unit);
    for (let i = 0; i < missing; i++) this.#handout.want(unit);
    if (missing > 0) this.#inPlay.add(unit, missing);
  }

  #settle(unit: number, answer: number): void {
    this.#book.accept(unit, answer);
    const quorum = this.#quorum.get(unit);
    for (let vote = this.#votes.ofUnit(unit); vote !== NO_VOTE; vote = this.#votes.older(vote)) {
      const said = this.#votes.answer(vote);
      if (said !== NO_ANSWER) this.#judge(this.#votes.host(vote), said === answer, quorum);
    }
  }

  #judge(host: number, agrees: boolean, quorum: number): void {
    if (agrees) {
      if (quorum > 1) this.#electorate.won?.(host);
      return;
    }
    this.#book.blame(host);
    this.#electorate.lost?.(host);
  }
}
