/** `npm run simulate -- [options]`. */
import { saveRun } from '../save-run.ts';
import { type Hunt, isFound, rowOf } from './hunt.ts';
import { doAll, huntsOf, seedsFrom } from './labour.ts';
import { saveMutantTable } from './mutant-table.ts';
import { MUTANTS } from './mutants.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { type SeedOutcome, simulate } from './simulation.ts';
import { reportOf, Tally } from './tally.ts';

const PROGRESS_EVERY_MS = 10_000;

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string' || options.isHelp) {
  process.stderr.write(typeof options === 'string' ? `${options}\n\n${USAGE}` : USAGE);
  process.exit(typeof options === 'string' ? 2 : 0);
}
const { jobs, isJson, isSaved, withMutants } = options;
const print = (text: string): void => void (isJson ? process.stderr : process.stdout).write(`${text}\n`);

const tally = new Tally();
let printedAt = performance.now();
for await (const outcome of outcomesOf(options)) {
  tally.add(outcome);
  if (outcome.violations.length > 0) print(reportOf(outcome));
  if (performance.now() - printedAt < PROGRESS_EVERY_MS) continue;
  printedAt = performance.now();
  print(tally.words);
}
print(tally.words);

const hunts: Hunt[] = [];
if (withMutants) {
  print(`\n${MUTANTS.length} mutants; seeds needed (the median of ${options.hunts}), and the rule that noticed first`);
  for await (const done of doAll(huntsOf(MUTANTS.length, options.hunts), jobs)) {
    if (done.kind !== 'hunt') continue;
    hunts.push(done.hunt);
    print(rowOf(done.hunt));
  }
  print(`${hunts.filter(isFound).length} of ${MUTANTS.length} mutants found`);
  if (isSaved) saveMutantTable(hunts);
}
const figures = {
  seeds: tally.seeds,
  violations: tally.failed.reduce((sum, outcome) => sum + outcome.violations.length, 0),
  simulatedWorkerYears: Number(tally.workerYears.toFixed(3)),
  mutantsFound: hunts.filter(isFound).length,
  mutantsPlanted: withMutants ? MUTANTS.length : 0,
};
if (isSaved) saveRun('simulation', { ...figures, events: tally.events, coordinatorLives: tally.lives });
if (isJson) process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = figures.violations > 0 || figures.mutantsFound < figures.mutantsPlanted ? 1 : 0;

async function* outcomesOf({ from, seeds, isVerbose, jobs }: Options): AsyncGenerator<SeedOutcome> {
  if (jobs === 1 || seeds === 1) {
    for (let seed = from; seed < from + seeds; seed++) yield await simulate(seed, isVerbose ? print : null);
    return;
  }
  for await (const done of doAll(seedsFrom(from, seeds), jobs)) if (done.kind === 'seed') yield done.outcome;
}
