/** Every answer that came, chained by unit and by host in the order of arrival reversed; a chain ends with `NO_VOTE`. */
import { NO_ANSWER } from '../world/answer.ts';
import { Column } from '../world/column.ts';

export const NO_VOTE = -1;

export class Votes {
  readonly #unit: Column;
  readonly #host: Column;
  readonly #answer: Column;
  readonly #olderOfUnit: Column;
  readonly #olderOfHost: Column;
  readonly #newestOfUnit: Column;
  readonly #newestOfHost: Column;
  #size = 0;

  constructor(units: number, hosts: number) {
    this.#unit = new Column(units);
    this.#host = new Column(units);
    this.#answer = new Column(units);
    this.#olderOfUnit = new Column(units);
    this.#olderOfHost = new Column(units);
    this.#newestOfUnit = new Column(units, NO_VOTE);
    this.#newestOfHost = new Column(hosts, NO_VOTE);
  }

  /** `NO_ANSWER` marks a host that had the unit and never answered: it is no vote, but the host has had its turn. */
  add(unit: number, host: number, answer: number): void {
    const vote = this.#size++;
    this.#unit.set(vote, unit);
    this.#host.set(vote, host);
    this.#answer.set(vote, answer);
    this.#olderOfUnit.set(vote, this.#newestOfUnit.get(unit));
    this.#olderOfHost.set(vote, this.#newestOfHost.get(host));
    this.#newestOfUnit.set(unit, vote);
    this.#newestOfHost.set(host, vote);
  }

  has(unit: number, host: number): boolean {
    for (let vote = this.ofUnit(unit); vote !== NO_VOTE; vote = this.older(vote)) if (this.host(vote) === host) return true;
    return false;
  }

  /** How many gave this answer. */
  agreeing(unit: number, answer: number): number {
    let count = 0;
    for (let vote = this.ofUnit(unit); vote !== NO_VOTE; vote = this.older(vote)) if (this.answer(vote) === answer) count++;
    return count;
  }

  ofUnit(unit: number): number {
    return this.#newestOfUnit.get(unit);
  }

  /** The next vote on the same unit. */
  older(vote: number): number {
    return this.#olderOfUnit.get(vote);
  }

  ofHost(host: number): number {
    return this.#newestOfHost.get(host);
  }

  /** The next vote of the same host. */
  olderOfHost(vote: number): number {
    return this.#olderOfHost.get(vote);
  }

  /** The host's votes so far are not its own any more: it starts anew. */
  forgetHost(host: number): void {
    this.#newestOfHost.set(host, NO_VOTE);
  }

  unit(vote: number): number {
    return this.#unit.get(vote);
  }

  host(vote: number): number {
    return this.#host.get(vote);
  }

  answer(vote: number): number {
    return this.#answer.get(vote);
  }

  /** The vote counts no more. */
  strike(vote: number): void {
    this.#answer.set(vote, NO_ANSWER);
  }
}
