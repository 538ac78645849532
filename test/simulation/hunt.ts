/** How many worlds it takes to find a mutant: from several first seeds on, so that one lucky world does not make the figure. */
import type { Mutant } from './mutants.ts';
import { simulationWith } from './mutated-modules.ts';
import { simulate } from './simulation.ts';

export interface Hunt {
  readonly mutant: Mutant;
  /** Worlds it took from each first seed on, fewest first; one that found nothing is not in it. */
  readonly seedsNeeded: readonly number[];
  /** First seeds it was looked for from. */
  readonly hunts: number;
  /** The rule that caught it first. */
  readonly rule: string | null;
}

const FIRST_SEEDS = [10_000, 20_000, 30_000];
/** After so many worlds without a trace the mutant counts as not found. */
export const MOST_SEEDS = 200;

export async function huntMutant(mutant: Mutant, hunts = FIRST_SEEDS.length): Promise<Hunt> {
  const mutated = await simulationWith(mutant);
  const seedsNeeded: number[] = [];
  let rule: string | null = null;
  const firstSeeds = FIRST_SEEDS.slice(0, hunts);
  for (const first of firstSeeds) {
    const found = await firstFinding(first, mutated.simulate);
    if (found === null) continue;
    seedsNeeded.push(found.seeds);
    rule ??= found.rule;
  }
  return { mutant, seedsNeeded: seedsNeeded.sort((a, b) => a - b), hunts: firstSeeds.length, rule };
}

/** null: nothing was found. A world that is in disorder without the mutant finds nothing. */
async function firstFinding(first: number, simulateMutated: typeof simulate): Promise<{ seeds: number; rule: string } | null> {
  for (let seeds = 1; seeds <= MOST_SEEDS; seeds++) {
    const [violation] = (await simulateMutated(first + seeds - 1)).violations;
    if (violation !== undefined && (await simulate(first + seeds - 1)).violations.length === 0) return { seeds, rule: violation.rule };
  }
  return null;
}

export const isFound = ({ seedsNeeded }: Hunt): boolean => seedsNeeded.length > 0;

/** Of all hunts; null: most of them found nothing. */
export const medianOf = ({ seedsNeeded, hunts }: Hunt): number | null =>
  seedsNeeded.length * 2 > hunts ? (seedsNeeded[(hunts - 1) >> 1] ?? null) : null;

export function rowOf(hunt: Hunt): string {
  const { mutant, rule } = hunt;
  const median = String(medianOf(hunt) ?? `> ${MOST_SEEDS}`);
  return `${median.padStart(6)}  ${(rule ?? 'never').padEnd(6)} ${mutant.name}`;
}
