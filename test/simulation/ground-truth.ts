/** What the right answers are, and what wrong ones look like. Every unit is its own question, named by its seed (`job/index`). */

import { digestOf } from '@manyhands/identity';
import type { Payload } from '@manyhands/protocol';

/** Answers this near to each other agree, where a task allows for it. */
const TOLERANCE = 10;
/** How far honest answers lie from the right one at most: two of them always agree. */
const NOISE = 5;
/** Too far for some honest answers, near enough for others. */
const BORDER = 12;
const FAR = 1_000;

/** `right` · `border` agrees with some right answers · `joint` the wrong answer all colluding liars give · `own` a wrong answer nobody else gives. */
export type AnswerKind = 'right' | 'border' | 'joint' | 'own';

export class GroundTruth {
  readonly #isTolerant: boolean;

  constructor(isTolerant: boolean) {
    this.#isTolerant = isTolerant;
  }

  /** `host` gives the answer; `draw`: uniform in [0, 1). */
  answer(seed: string, kind: AnswerKind, host: number, draw: number): string {
    if (!this.#isTolerant) return JSON.stringify(kind === 'right' ? seed : kind === 'own' ? `wrong ${host} ${seed}` : `wrong ${seed}`);
    const noise = Math.floor(draw * (2 * NOISE + 1)) - NOISE;
    const off = { right: noise, border: BORDER, joint: FAR, own: 2 * FAR * (host + 1) }[kind];
    return String(rightValue(seed) + off);
  }

  isRight(seed: string, output: unknown): boolean {
    if (!this.#isTolerant) return output === JSON.stringify(seed);
    return Math.abs(Number(output) - rightValue(seed)) <= NOISE;
  }

  agree(a: Payload, b: Payload): boolean {
    return this.#isTolerant ? Math.abs(Number(a) - Number(b)) <= TOLERANCE : a === b;
  }

  /** As the coordinator's own runner computes it. */
  compute(seed: string): Payload {
    return this.answer(seed, 'right', -1, 0.5);
  }
}

/** Far apart for different units. */
const rightValue = (seed: string): number => Number.parseInt(digestOf(seed).slice('sha256:'.length, 'sha256:'.length + 8), 16) * 100;
