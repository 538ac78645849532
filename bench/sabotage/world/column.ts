/** A list of whole numbers that grows where it is written; what was never written reads as `blank`. Nothing is allocated per event. */
export class Column {
  #cells: Int32Array;
  readonly #blank: number;

  constructor(capacity: number, blank = 0) {
    this.#cells = new Int32Array(Math.max(16, capacity)).fill(blank);
    this.#blank = blank;
  }

  get(at: number): number {
    return at < this.#cells.length ? (this.#cells[at] as number) : this.#blank;
  }

  set(at: number, value: number): void {
    if (at >= this.#cells.length) this.#growTo(at);
    this.#cells[at] = value;
  }

  /** The sum afterwards. */
  add(at: number, delta: number): number {
    const sum = this.get(at) + delta;
    this.set(at, sum);
    return sum;
  }

  #growTo(at: number): void {
    const grown = new Int32Array(Math.max(at + 1, this.#cells.length * 2)).fill(this.#blank);
    grown.set(this.#cells);
    this.#cells = grown;
  }
}
