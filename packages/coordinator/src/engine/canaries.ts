/**
 * Units of one job whose answer is known, kept at hand to check newcomers on: the last ones that became final, so that their place in the job
 * gives them away as little as their lease does (I21), and those of which the referee knows it and nobody has given it yet.
 */
import type { WorkUnit } from '../domain/work-unit.ts';

const AT_HAND = 64;

/** Whoever answers it is judged at once. */
export const isKnown = ({ state, truth }: WorkUnit): boolean =>
  state.kind === 'final' || (state.kind === 'open' && typeof truth === 'string');

export class Canaries {
  readonly #byIndex = new Map<number, WorkUnit>();

  get size(): number {
    return this.#byIndex.size;
  }

  /** The unit as it is now; only those of which a replica can be given are kept. */
  offer(unit: WorkUnit, maxReplicas: number): void {
    this.#byIndex.delete(unit.index);
    const hasRoom = unit.state.kind === 'final' ? unit.replicas.length < maxReplicas : unit.replicas.at(-1)?.kind === 'ready';
    if (!isKnown(unit) || !hasRoom) return;
    this.#byIndex.set(unit.index, unit);
    if (this.#byIndex.size <= AT_HAND) return;
    const [oldest] = this.#byIndex.keys();
    this.#byIndex.delete(oldest as number);
  }

  /** All, from a random one on. `draw`: uniform in [0, 1). */
  from(draw: number): WorkUnit[] {
    const units = [...this.#byIndex.values()];
    const at = Math.floor(draw * units.length);
    return [...units.slice(at), ...units.slice(0, at)];
  }
}
