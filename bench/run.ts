/**
 * `npm run bench` runs every experiment in turn, `npm run bench -- NAME [--json] [--option value …]` one of them, `-- list` says what there is.
 * Every figure is a ratio or a rate against something measured in the same run; results go to bench/results/NAME.json.
 */
import { parseArgs } from 'node:util';
import { EXPERIMENTS, type Experiment } from './experiments.ts';
import { printFigures, saveFigures } from './figures.ts';
import { machineFacts } from './machine.ts';

const { values, positionals, tokens } = parseArgs({
  args: process.argv.slice(2),
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
  strict: false,
  tokens: true,
});

const numbers = new Map<string, number>();
for (const token of tokens) {
  if (token.kind === 'option' && token.name !== 'json') numbers.set(token.name, Number(token.value ?? process.argv[2 + token.index + 1]));
}

const names = positionals.filter((word) => Number.isNaN(Number(word)));
const chosen = names.length === 0 ? Object.keys(EXPERIMENTS) : names;
if (chosen.some((name) => !(name in EXPERIMENTS))) {
  const list = Object.entries(EXPERIMENTS).map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`);
  process.stderr.write(`npm run bench -- NAME [--json]; without a name all of them:\n${list.join('\n')}\n`);
  process.exit(names[0] === 'list' ? 0 : 2);
}

for (const name of chosen) {
  const experiment: Experiment = EXPERIMENTS[name as keyof typeof EXPERIMENTS];
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  const figures = { experiment: name, ...(await experiment.run(numbers, say)), machine: machineFacts() };
  await saveFigures(name, figures, experiment.draw?.(figures));
  if (values.json !== true) printFigures(figures);
  else process.stdout.write(`${JSON.stringify(figures)}\n`);
}
