/** The time of a simulation: a queue of what is to happen. Nothing passes but when the next event is taken. */

interface Due {
  readonly at: number;
  readonly seq: number;
  readonly work: () => void;
}

/** An arbitrary instant: results must not depend on when they are computed. */
const START = 1_700_000_000_000;

export class VirtualTime {
  /** A heap: the earliest first, of equals the one that was asked for first. */
  readonly #heap: Due[] = [];
  #now = START;
  #seq = 0;

  /** Epoch milliseconds, true: whatever clocks say. */
  get now(): number {
    return this.#now;
  }

  get elapsedMs(): number {
    return this.#now - START;
  }

  after(ms: number, work: () => void): void {
    const due: Due = { at: this.#now + Math.max(0, Math.round(ms)), seq: this.#seq++, work };
    let at = this.#heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, this.#heap[parent] as Due)) break;
      this.#heap[at] = this.#heap[parent] as Due;
      at = parent;
    }
    this.#heap[at] = due;
  }

  /** When the next thing happens; null: never. */
  get nextAt(): number | null {
    return this.#heap[0]?.at ?? null;
  }

  /** Lets the next thing happen. */
  step(): void {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return;
    if (first !== last) this.#sink(last);
    this.#now = first.at;
    first.work();
  }

  #sink(due: Due): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = right < this.#heap.length && isBefore(this.#heap[right] as Due, this.#heap[left] as Due) ? right : left;
      if (child >= this.#heap.length || !isBefore(this.#heap[child] as Due, due)) break;
      this.#heap[at] = this.#heap[child] as Due;
      at = child;
    }
    this.#heap[at] = due;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);
