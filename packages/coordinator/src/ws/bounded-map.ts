/** A map that never grows beyond `most`: whoever was set longest ago is forgotten first, so that strangers cannot fill the memory (I42). */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value as K);
  }

  deleteWhere(isOver: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) if (isOver(value)) this.#entries.delete(key);
  }
}
