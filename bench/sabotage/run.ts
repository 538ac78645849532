/**
 * `npm run sabotage -- [options]`: ways of verifying against those who lie, simulated. Cells are independent and each is a function of
 * its plan, so they run on all cores in any order and come out the same.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { saveFigures } from '../figures.ts';
import { machineFacts } from '../machine.ts';
import type { Cell, CellPlan } from './cell.ts';
import { cellPlans } from './matrix.ts';
import { parseOptions, USAGE } from './options.ts';
import { pictureOf } from './report/picture.ts';
import { tableOf } from './report/table.ts';

const PICTURE = new URL('../results/sabotage.svg', import.meta.url);

function refuse(words: string): never {
  process.stderr.write(`${words}\n\n${USAGE}`);
  process.exit(2);
}

async function runAll(plans: readonly CellPlan[], threads: number): Promise<Cell[]> {
  await using pool = new Piscina<CellPlan, Cell>({
    filename: new URL('cell.ts', import.meta.url).href,
    name: 'runCell',
    maxThreads: threads,
    minThreads: Math.min(threads, plans.length),
  });
  let done = 0;
  // Awaited here: the pool must outlive them.
  return await Promise.all(
    plans.map(async (plan) => {
      const cell = await pool.run(plan);
      showProgress(++done, plans.length, `${plan.scheme} against ${plan.scenario}`);
      return cell;
    }),
  );
}

function showProgress(done: number, of: number, what: string): void {
  if (!process.stderr.isTTY) return;
  const line = done === of ? '' : `${done} of ${of} cells, last: ${what}`;
  process.stderr.write(`\r${line.padEnd(78).slice(0, 78)}\r`);
}

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string') refuse(options);
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const plans = cellPlans(options.choice);
if (typeof plans === 'string') refuse(plans);

const cells = await runAll(plans, options.threads ?? availableParallelism());
if (options.save) {
  await saveFigures('sabotage', { experiment: 'sabotage', cells, machine: machineFacts() });
  await writeFile(PICTURE, pictureOf(cells));
}
process.stdout.write(options.json ? `${JSON.stringify({ cells })}\n` : `${tableOf(cells)}\n`);
