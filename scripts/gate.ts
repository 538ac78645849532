/**
 * The whole gate, what `npm test` runs after set-up: every step in turn, each timed, all of them even when one fails.
 * `npm test -- types unit` runs only the steps named. The last line is `N passed, N failed`; the exit code is 1 if anything failed.
 * Tests are counted one by one; of the other steps only a failure counts.
 */
import { join } from 'node:path';
import { runStep } from './gate/run-step.ts';
import type { StepResult } from './gate/step.ts';
import { STEPS } from './gate/steps.ts';
import { summaryOf, totalsOf } from './gate/summary.ts';

const root = join(import.meta.dirname, '..');
const names = process.argv.slice(2);
const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`gate: there is no step "${unknown.join('", "')}". The steps are: ${STEPS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const chosen = names.length === 0 ? STEPS : STEPS.filter(({ name }) => names.includes(name));
const results: StepResult[] = [];
for (const [i, step] of chosen.entries()) {
  console.log(`\n=== gate ${i + 1}/${chosen.length}: ${step.name} (${step.checks})`);
  results.push(await runStep(step, root));
}

console.log(summaryOf(results));
const { passed, failed } = totalsOf(results);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);
