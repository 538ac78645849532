/** What is true, beside what the scheme says: who lied, how often, what came of it. */
import { GIVEN_UP, NO_ANSWER, RIGHT } from './answer.ts';
import { Column } from './column.ts';
import type { Book, Referee } from './scheme.ts';

/** What a host is. `faulty`: means well and errs. */
export const HONEST = 0;
export const LIAR = 1;
export const FAULTY = 2;

const NOT_YET = -1;

export class Tally implements Book, Referee {
  readonly #accepted: Int32Array;
  readonly #kinds: Column;
  readonly #answers: Column;
  readonly #sinceBlame: Column;
  /** Answers since the host's first lie, that one included; `NOT_YET`: it has not lied, or has been found out. */
  readonly #sinceLie: Column;
  readonly #banned: Column;
  readonly #blamed: Column;
  #open: number;
  #foundOutAfter = 0;
  identities = 0;
  results = 0;
  refereeRuns = 0;
  checks = 0;
  rightByLiars = 0;
  foundOut = 0;
  /** Counted once a host, by kind. */
  readonly bannedHosts: [honest: number, liars: number, faulty: number] = [0, 0, 0];
  readonly blamedHosts: [honest: number, liars: number, faulty: number] = [0, 0, 0];

  constructor(units: number, hosts: number) {
    this.#accepted = new Int32Array(units).fill(NO_ANSWER);
    this.#open = units;
    this.#kinds = new Column(hosts);
    this.#answers = new Column(hosts);
    this.#sinceBlame = new Column(hosts);
    this.#sinceLie = new Column(hosts, NOT_YET);
    this.#banned = new Column(hosts);
    this.#blamed = new Column(hosts);
  }

  /** Units still to be decided. */
  get open(): number {
    return this.#open;
  }

  /** Units whose accepted answer is wrong; none is better than a wrong one. */
  get wrong(): number {
    return this.#accepted.reduce((wrong, answer) => (answer > RIGHT ? wrong + 1 : wrong), 0);
  }

  /** Units without an answer, given up or not. */
  get unanswered(): number {
    return this.#accepted.reduce((without, answer) => (answer < RIGHT ? without + 1 : without), 0);
  }

  /** Answers a liar gave from its first lie until it was first found out, on average over those that were; null: none was. */
  get detectionDelay(): number | null {
    return this.foundOut === 0 ? null : this.#foundOutAfter / this.foundOut;
  }

  /** A new identity; its number. */
  join(kind: number): number {
    const host = this.identities++;
    this.#kinds.set(host, kind);
    return host;
  }

  answersOf(host: number): number {
    return this.#answers.get(host);
  }

  answersSinceBlame(host: number): number {
    return this.#sinceBlame.get(host);
  }

  /** The host gave an answer. */
  answered(host: number, answer: number): void {
    this.results++;
    this.#answers.add(host, 1);
    this.#sinceBlame.add(host, 1);
    if (this.#kinds.get(host) !== LIAR) return;
    if (answer === RIGHT) this.rightByLiars++;
    const sinceLie = this.#sinceLie.get(host);
    if (sinceLie > 0) this.#sinceLie.set(host, sinceLie + 1);
    else if (sinceLie === NOT_YET && answer !== RIGHT) this.#sinceLie.set(host, 1);
  }

  accept(unit: number, answer: number): void {
    if (this.#accepted[unit] === NO_ANSWER) this.#open--;
    this.#accepted[unit] = answer;
  }

  giveUp(unit: number): void {
    this.accept(unit, GIVEN_UP);
  }

  reopen(unit: number): void {
    if (this.#accepted[unit] !== NO_ANSWER) this.#open++;
    this.#accepted[unit] = NO_ANSWER;
  }

  accepted(unit: number): number {
    return this.#accepted[unit] as number;
  }

  ban(host: number): void {
    this.#findOut(host);
    this.#countOnce(host, this.#banned, this.bannedHosts);
  }

  blame(host: number): void {
    this.#findOut(host);
    this.#sinceBlame.set(host, 0);
    this.#countOnce(host, this.#blamed, this.blamedHosts);
  }

  compute(_unit: number): number {
    this.refereeRuns++;
    return RIGHT;
  }

  check(_unit: number, answer: number): boolean {
    this.checks++;
    return answer === RIGHT;
  }

  #findOut(host: number): void {
    const sinceLie = this.#sinceLie.get(host);
    if (sinceLie <= 0) return;
    this.foundOut++;
    this.#foundOutAfter += sinceLie;
    this.#sinceLie.set(host, 0);
  }

  #countOnce(host: number, seen: Column, counts: [number, number, number]): void {
    if (seen.get(host) === 1) return;
    seen.set(host, 1);
    counts[this.#kinds.get(host) as 0 | 1 | 2]++;
  }
}
