/** The virtual clock's queue: who acts next. A binary heap over two typed arrays; everybody is in it at most once. Of equal times either may come first. */
export class EventHeap {
  readonly #times: Float64Array;
  readonly #ids: Int32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#ids = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Who is next; only while `size > 0`. */
  get nextId(): number {
    return this.#ids[0] as number;
  }

  get nextAt(): number {
    return this.#times[0] as number;
  }

  push(id: number, at: number): void {
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((this.#times[parent] as number) <= at) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, id, at);
  }

  /** The one who is next acts again at `at`. */
  postpone(at: number): void {
    this.#sink(this.nextId, at);
  }

  /** The one who is next acts no more. */
  remove(): void {
    const last = --this.#size;
    if (last > 0) this.#sink(this.#ids[last] as number, this.#times[last] as number);
  }

  /** Puts an event where it belongs, starting from the root, whose own event is forgotten. */
  #sink(id: number, at: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && (this.#times[child + 1] as number) < (this.#times[child] as number)) child++;
      if ((this.#times[child] as number) >= at) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, id, at);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#ids[from] as number, this.#times[from] as number);
  }

  #put(at: number, id: number, time: number): void {
    this.#times[at] = time;
    this.#ids[at] = id;
  }
}
