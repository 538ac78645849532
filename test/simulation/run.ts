/** `npm run simulate -- [options]`. */
import { saveRun } from '../save-run.ts';
import { huntAll, isFound, rowOf } from './hunt.ts';
import { MUTANTS } from './mutants.ts';
import { parseOptions, USAGE } from './options.ts';
import { simulate } from './simulation.ts';
import { reportOf, Tally } from './tally.ts';

const PROGRESS_EVERY_MS = 10_000;

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string' || options.isHelp) {
  process.stderr.write(typeof options === 'string' ? `${options}\n\n${USAGE}` : USAGE);
  process.exit(typeof options === 'string' ? 2 : 0);
}
const { from, seeds, isVerbose, isJson, isSaved, withMutants } = options;
const print = (text: string): void => void (isJson ? process.stderr : process.stdout).write(`${text}\n`);

const tally = new Tally();
let printedAt = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const outcome = await simulate(seed, isVerbose ? print : null);
  tally.add(outcome);
  if (outcome.violations.length > 0) print(reportOf(outcome));
  if (performance.now() - printedAt < PROGRESS_EVERY_MS) continue;
  printedAt = performance.now();
  print(tally.words);
}
print(tally.words);

let mutantsFound = 0;
if (withMutants) {
  print(`\n${MUTANTS.length} mutants; seeds needed (median of three runs), and the rule that noticed first`);
  for await (const hunt of huntAll()) {
    if (isFound(hunt)) mutantsFound++;
    print(rowOf(hunt));
  }
  print(`${mutantsFound} of ${MUTANTS.length} mutants found`);
}
const mutantsPlanted = withMutants ? MUTANTS.length : 0;
const violations = tally.failed.reduce((sum, outcome) => sum + outcome.violations.length, 0);
const figures = {
  seeds: tally.seeds,
  violations,
  simulatedWorkerYears: Number(tally.workerYears.toFixed(3)),
  mutantsFound,
  mutantsPlanted,
};
if (isSaved) saveRun('simulation', figures);
if (isJson) process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = violations > 0 || mutantsFound < mutantsPlanted ? 1 : 0;
