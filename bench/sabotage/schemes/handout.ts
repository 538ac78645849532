/** Which unit a host computes next: what is wanted again, oldest first, or a fresh one, in order. Never one that it has had. */
import { NO_UNIT } from '../world/scheme.ts';
import type { Votes } from './votes.ts';

/** While there are fresh units, a host that has had so many of the wanted ones gets a fresh one. */
const MOST_LOOKED_AT = 64;

export class Handout {
  readonly #units: number;
  readonly #votes: Votes;
  readonly #isOpen: (unit: number) => boolean;
  /** A ring; its length is a power of two. */
  #wanted = new Int32Array(1024);
  #head = 0;
  #tail = 0;
  #fresh = 0;

  constructor(units: number, votes: Votes, isOpen: (unit: number) => boolean) {
    this.#units = units;
    this.#votes = votes;
    this.#isOpen = isOpen;
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
    const end = this.#fresh < this.#units ? Math.min(this.#tail, this.#head + MOST_LOOKED_AT) : this.#tail;
    for (let at = this.#head; at < end; at++) {
      const unit = this.#wanted[at & mask] as number;
      const isOpen = this.#isOpen(unit);
      if (isOpen && this.#votes.has(unit, host)) continue;
      this.#wanted[at & mask] = this.#wanted[this.#head & mask] as number;
      this.#head++;
      if (isOpen) return unit;
    }
    return NO_UNIT;
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
    for (let at = this.#head; at < this.#tail; at++) grown[at - this.#head] = this.#wanted[at & (this.#wanted.length - 1)] as number;
    this.#tail -= this.#head;
    this.#head = 0;
    this.#wanted = grown;
  }
}
