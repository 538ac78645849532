/** Indexes of units, one bit each: ten million of them take a megabyte and a quarter. */
export class IndexSet {
  #bits = new Uint8Array(64);

  has(index: number): boolean {
    return (((this.#bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  }

  add(index: number): void {
    const at = index >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bits.length, at + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (index & 7));
  }
}
