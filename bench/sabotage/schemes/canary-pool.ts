/** Units whose answer the referee computed in advance, handed out among the others to see who lies. */
import { Column } from '../world/column.ts';
import type { Draw } from '../world/draw.ts';
import type { Book, Job, Referee } from '../world/scheme.ts';

/** One unit in a hundred: it costs one execution each, and the answer is that unit's answer. */
const UNITS_PER_CANARY = 100;
const FEWEST = 20;

const NONE = -1;

export class CanaryPool {
  readonly #units: Int32Array;
  readonly #answers: Int32Array;
  /** By host: the canary in its hands. */
  readonly #held: Column;

  constructor(job: Job, book: Book, referee: Referee, draw: Draw) {
    const size = Math.min(job.units, Math.max(FEWEST, Math.ceil(job.units / UNITS_PER_CANARY)));
    this.#held = new Column(job.hosts, NONE);
    this.#units = new Int32Array(size);
    this.#answers = new Int32Array(size);
    for (let at = 0; at < size; at++) {
      // One of each stretch of the job, so that they are all different.
      const unit = Math.floor(((at + draw()) * job.units) / size);
      this.#units[at] = unit;
      this.#answers[at] = referee.compute(unit);
      book.accept(unit, this.#answers[at] as number);
    }
  }

  /** The unit the host gets. */
  draw(host: number, draw: Draw): number {
    const at = Math.floor(draw() * this.#units.length);
    this.#held.set(host, at);
    return this.#units[at] as number;
  }

  /** What the host's answer tells: it passed, it failed, or what it held was an ordinary unit. */
  judge(host: number, answer: number): 'passed' | 'failed' | 'ordinary' {
    const at = this.#held.get(host);
    if (at === NONE) return 'ordinary';
    this.#held.set(host, NONE);
    return answer === this.#answers[at] ? 'passed' : 'failed';
  }
}
