/**
 * Which unit a host computes next: what is wanted again, oldest first, or a fresh one, in order. Never one that it has had.
 *
 * What is wanted waits in a ring, at places that are counted up for ever. Once ineligible a host is always ineligible, so each one's
 * search goes on where its last one ended: a place taken is filled with what stood first, which everybody who came so far has seen.
 */
import { Column } from '../world/column.ts';
import { NO_UNIT } from '../world/scheme.ts';
import type { Votes } from './votes.ts';

export class Handout {
  readonly #units: number;
  readonly #votes: Votes;
  readonly #isOpen: (unit: number) => boolean;
  /** Its length is a power of two. */
  #wanted = new Int32Array(1024);
  #head = 0;
  #tail = 0;
  #fresh = 0;
  /** By host: it has had every unit that stands before this place. */
  readonly #searchedTo: Column;

  constructor(units: number, votes: Votes, isOpen: (unit: number) => boolean) {
    this.#units = units;
    this.#votes = votes;
    this.#isOpen = isOpen;
    this.#searchedTo = new Column(1);
  }

  /** One more replica of the unit. A unit that is closed by the time its turn comes is passed over. */
  want(unit: number): void {
    if (this.#tail - this.#head === this.#wanted.length) this.#grow();
    this.#wanted[this.#tail++ & (this.#wanted.length - 1)] = unit;
  }

  /** One that is wanted, else a fresh one. `NO_UNIT`: nothing for this host. */
  next(host: number): number {
    const wanted = this.#nextWanted(host);
    return wanted === NO_UNIT ? this.#nextFresh() : wanted;
  }

  /** A fresh one, else one that is wanted. */
  nextRatherFresh(host: number): number {
    const fresh = this.#nextFresh();
    return fresh === NO_UNIT ? this.#nextWanted(host) : fresh;
  }

  #nextWanted(host: number): number {
    const mask = this.#wanted.length - 1;
    let found = NO_UNIT;
    let at = Math.max(this.#head, this.#searchedTo.get(host));
    for (; at < this.#tail && found === NO_UNIT; at++) {
      const unit = this.#wanted[at & mask] as number;
      const isOpen = this.#isOpen(unit);
      if (isOpen && this.#votes.has(unit, host)) continue;
      this.#wanted[at & mask] = this.#wanted[this.#head++ & mask] as number;
      if (isOpen) found = unit;
    }
    this.#searchedTo.set(host, at);
    return found;
  }

  #nextFresh(): number {
    while (this.#fresh < this.#units) {
      const unit = this.#fresh++;
      if (this.#isOpen(unit)) return unit;
    }
    return NO_UNIT;
  }

  #grow(): void {
    const grown = new Int32Array(this.#wanted.length * 2);
    for (let at = this.#head; at < this.#tail; at++)
      grown[at & (grown.length - 1)] = this.#wanted[at & (this.#wanted.length - 1)] as number;
    this.#wanted = grown;
  }
}
