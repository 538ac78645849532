/** All chance of a simulation comes from here: the same seed draws the same numbers. */
import { createSeededEntropy } from '@manyhands/testkit';

export class Chance {
  readonly #draw: () => number;

  constructor(seed: number) {
    // Neighbouring seeds must not begin alike.
    const { random } = createSeededEntropy(Math.imul(seed + 1, 0x9e3779b1));
    this.#draw = random;
  }

  /** Uniform in [0, 1). */
  real(): number {
    return this.#draw();
  }

  /** Whole, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.#draw() * (to - from + 1));
  }

  isTrue(probability: number): boolean {
    return this.#draw() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#draw() * list.length)] as T;
  }

  /** Whole and at least 1, exponential: mostly short, sometimes long. */
  around(mean: number): number {
    return Math.max(1, Math.round(-mean * Math.log(1 - this.#draw())));
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    for (let i = rest.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [rest[i], rest[j]] = [rest[j] as T, rest[i] as T];
    }
    return rest;
  }
}
