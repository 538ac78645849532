/**
 * `npm run guarantees`: writes the figures that were last measured into the documents that quote them. What was measured is saved by the runs themselves.
 * Tables are brought into form again: a longer figure moves their columns.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS } from './guarantees/documents.ts';
import { fillFigures } from './guarantees/fill-figures.ts';
import { readMeasurements } from './guarantees/measurements.ts';

const root = join(import.meta.dirname, '..');
const measurements = readMeasurements(root);
for (const name of DOCUMENTS) {
  const path = join(root, name);
  const before = readFileSync(path, 'utf8');
  const after = fillFigures(before, measurements);
  if (after !== before) writeFileSync(path, after);
  console.log(`${name}: ${after === before ? 'up to date' : 'figures written'}`);
}
process.exitCode =
  spawnSync('biome', ['format', '--write', ...DOCUMENTS], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }).status ?? 1;
