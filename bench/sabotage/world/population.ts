/** The machines: how slow each is, and which of them are not honest. */
import { type Draw, drawNormal } from './draw.ts';

export interface Population {
  /** What a unit takes each machine, in units of the median. */
  readonly slowness: Float64Array;
  /** The first so many machines are not honest. Schemes see hosts in another order: that in which they first ask. */
  readonly adverse: number;
}

/** A machine slower than this would let honest leases expire. */
const SLOWEST = 6;

/**
 * Speeds are lognormal. Those of the adverse machines are scaled together so that their share of the computing power is their share of
 * the machines: a fraction f of five machines would else be anything between f/2 and 2f of the work.
 */
export function createPopulation(hosts: number, adverse: number, spread: number, draw: Draw): Population {
  const speeds = Float64Array.from({ length: hosts }, () => Math.exp(spread * drawNormal(draw)));
  const sum = (from: number, to: number): number => speeds.subarray(from, to).reduce((total, speed) => total + speed, 0);
  const factor = adverse === 0 || adverse === hosts ? 1 : ((sum(adverse, hosts) / (hosts - adverse)) * adverse) / sum(0, adverse);
  for (let at = 0; at < adverse; at++) speeds[at] = (speeds[at] as number) * factor;
  return { slowness: speeds.map((speed) => Math.min(SLOWEST, 1 / speed)), adverse };
}
