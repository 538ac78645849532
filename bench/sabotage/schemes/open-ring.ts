/** The units still to be decided, in a circle that is walked round and round. Taking one out or putting one back costs the same for any number. */
export class OpenRing {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #at: number;
  #size = 0;

  constructor(units: number) {
    this.#next = new Int32Array(units);
    this.#previous = new Int32Array(units);
    this.#at = -1;
    for (let unit = 0; unit < units; unit++) this.add(unit);
  }

  get size(): number {
    return this.#size;
  }

  /** The unit one stands at; only while `size > 0`. */
  get current(): number {
    return this.#at;
  }

  step(): void {
    this.#at = this.#next[this.#at] as number;
  }

  /** It comes last in this round. */
  add(unit: number): void {
    if (this.#size++ === 0) {
      this.#at = unit;
      this.#join(unit, unit);
      return;
    }
    this.#join(this.#previous[this.#at] as number, unit);
    this.#join(unit, this.#at);
  }

  /** Must be in the ring. */
  remove(unit: number): void {
    this.#size--;
    if (unit === this.#at) this.step();
    this.#join(this.#previous[unit] as number, this.#next[unit] as number);
  }

  #join(before: number, after: number): void {
    this.#next[before] = after;
    this.#previous[after] = before;
  }
}
