/** What was last measured, by name: the runs that were saved in bench/results and test/results, and what can be counted here and now. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE_PROGRAMS } from '../../test/sandbox/fixtures/hostile-programs.ts';
import { MUTANTS } from '../../test/simulation/mutants.ts';
import { REGRESSIONS } from '../../test/simulation/regressions.ts';
import { countDependencies } from './count-dependencies.ts';
import type { Figures } from './fill-figures.ts';

const RESULTS = ['bench/results', 'test/results'];

export function readMeasurements(root: string): Figures {
  const saved = RESULTS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(root, folder, name), 'utf8'))] as const),
  );
  return { ...Object.fromEntries(saved), repository: countRepository(root), dependencies: countDependencies(root) };
}

const countRepository = (root: string): Figures => ({
  mutants: MUTANTS.length,
  pinnedSeeds: REGRESSIONS.length,
  hostilePrograms: HOSTILE_PROGRAMS.length,
  recordedLayouts: readdirSync(join(root, 'test/compat/fixtures')).filter((name) => name.endsWith('.sql')).length,
});
