/** Runs nobody's code: it knows what is right. Slow or broken where the seed says so. */

import { digestOf } from '@manyhands/identity';
import type { Payload } from '@manyhands/protocol';
import type { ComparisonAnswer, Judge, JudgeAnswer, RefereeAnswer } from '../../packages/coordinator/src/ports/judge.ts';
import type { Chance } from './chance.ts';
import type { GroundTruth } from './ground-truth.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Temper {
  /** Mean time of an answer; 0: at once. */
  delayMs: number;
  /** Of answers that are none. */
  breaks: number;
}

export class SimulatedJudge implements Judge {
  readonly #truth: GroundTruth;
  readonly #isTolerant: boolean;
  readonly #chance: Chance;
  readonly #time: VirtualTime;
  readonly #temper: Temper;

  constructor(world: { truth: GroundTruth; isTolerant: boolean; chance: Chance; time: VirtualTime; temper: Temper }) {
    this.#truth = world.truth;
    this.#isTolerant = world.isTolerant;
    this.#chance = world.chance;
    this.#time = world.time;
    this.#temper = world.temper;
  }

  check({ seed, output }: Parameters<Judge['check']>[0]): Promise<JudgeAnswer> {
    return this.#answer({ kind: this.#truth.isRight(seed, output) ? 'valid' : 'invalid' });
  }

  compute({ seed }: Parameters<Judge['compute']>[0]): Promise<RefereeAnswer> {
    const output = this.#truth.compute(seed);
    const digest = digestOf(output as string);
    return this.#answer({ kind: 'computed', digest, ...(this.#isTolerant && { output }) });
  }

  compare({ pairs }: Parameters<Judge['compare']>[0]): Promise<ComparisonAnswer> {
    return this.#answer({ kind: 'compared', agree: pairs.map(([a, b]: readonly [Payload, Payload]) => this.#truth.agree(a, b)) });
  }

  #answer<Answer extends { readonly kind: string }>(answer: Answer): Promise<Answer | { kind: 'broken'; message: string }> {
    const given = this.#chance.isTrue(this.#temper.breaks) ? ({ kind: 'broken', message: 'the runner died' } as const) : answer;
    const { delayMs } = this.#temper;
    if (delayMs === 0) return Promise.resolve(given);
    return new Promise((resolve) => this.#time.after(this.#chance.around(delayMs), () => resolve(given)));
  }
}
