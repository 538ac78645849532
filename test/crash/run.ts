/** `npm run crash -- [options]`. */
import { parseArgs } from 'node:util';
import { saveRun } from '../save-run.ts';
import { Chance } from '../simulation/chance.ts';
import { runIntoFaults } from './disk-fault.ts';
import { type Cycle, killLoop } from './kill-loop.ts';
import { cutPower, recordLife } from './power-loss/power-loss.ts';
import type { FailingCall } from './strace.ts';
import { openFastWorkshop } from './workshop.ts';

const USAGE = `npm run crash -- [options]: the coordinator killed, its disk failing, the power cut, all under load; Linux, with strace
  --cycles N    kill −9 so many times (100)
  --faults N    let so many single calls to the disk fail (0)
  --states N    look at so many states that a power cut may leave (0)
  --seed S      draws the moments (1)
  --json        end with one line of JSON: { cycles, kills, killedStarts, startMs, faults, states, lookedFor, violations }
  --save        keep the figures in test/results, for the documents (npm run guarantees)
  --help        print this

The exit code is 1 if anything acknowledged was lost, or the books did not add up.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { cycles: text, faults: text, states: text, seed: text, json: flag, save: flag, help: flag } });
if (values.help) {
  process.stderr.write(USAGE);
  process.exit(0);
}
const [cycles, faults, states, seed] = [
  whole('cycles', values.cycles, 100),
  whole('faults', values.faults, 0),
  whole('states', values.states, 0),
  whole('seed', values.seed, 1),
];
const print = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const FAULT_PATIENCE_MS = 4_000;
/** A recording is good for many states; a new one now and then draws other moments. */
const STATES_A_RECORDING = 500;
const violations: string[] = [];
const report = (where: string, found: readonly string[]): void => {
  for (const violation of found) print(`${where}: ${violation}`);
  violations.push(...found);
};

const kills = await killAgainAndAgain(new Chance(seed));
const faultsMet = await failAgainAndAgain(new Chance(seed + 1));
const cuts = await cutAgainAndAgain(new Chance(seed + 2));
print(violations.length === 0 ? 'nothing acknowledged was lost' : `${violations.length} violations`);
if (values.save) {
  const { startMs, ...counts } = kills;
  saveRun('crash', { ...counts, startMedianMs: startMs.median ?? 0, faults: faultsMet, ...cuts, violations: violations.length });
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...kills, faults: faultsMet, ...cuts, violations: violations.length })}\n`);
process.exitCode = violations.length > 0 ? 1 : 0;

function whole(name: string, given: string | undefined, otherwise: number): number {
  const value = given === undefined ? otherwise : Number(given);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} needs a whole number, not "${given}".\n\n${USAGE}`);
  process.exit(2);
}

async function killAgainAndAgain(chance: Chance) {
  const done: Cycle[] = [];
  for await (const cycle of killLoop({ cycles, killedStarts: 0.2 }, chance)) {
    done.push(cycle);
    report(`cycle ${done.length} (${cycle.kills})`, cycle.violations);
    if (done.length % 10 === 0) print(`${done.length} of ${cycles} cycles, ${cycle.results} results of this project looked for`);
  }
  const sorted = done.map(({ startMs }) => Math.round(startMs)).sort((a, b) => a - b);
  const sum = (of: (cycle: Cycle) => number) => done.reduce((total, cycle) => total + of(cycle), 0);
  return {
    cycles: done.length,
    kills: sum(({ killed }) => killed),
    killedStarts: sum(({ killedStarts }) => killedStarts),
    startMs: { median: sorted[Math.floor(sorted.length / 2)] ?? null, p99: sorted[Math.floor(sorted.length * 0.99)] ?? null },
  };
}

async function failAgainAndAgain(chance: Chance): Promise<number> {
  const draw = (): FailingCall => ({
    call: chance.pick(['pwrite64', 'fsync', 'ftruncate', 'write', 'rename', 'unlink', 'openat']),
    error: chance.pick(['EIO', 'ENOSPC']),
    nth: chance.around(40),
  });
  let met = 0;
  for await (const { fault, ending, failed, triedAgain, violations } of runIntoFaults(
    Array.from({ length: faults }, draw),
    FAULT_PATIENCE_MS,
  )) {
    met++;
    const where = `fault ${met}: ${fault.error} from ${fault.call} ${fault.nth}`;
    print(`${where}: ${failed.length} calls failed; ${ending === null ? 'it went on' : `ended with ${ending.code}`}`);
    report(where, [...violations, ...triedAgain.map((call) => `tried again: ${call}`)]);
    if (ending !== null && ending.code !== 74) report(where, [`it did not end as a failed disk ends it: ${ending.code} ${ending.said}`]);
  }
  return met;
}

async function cutAgainAndAgain(chance: Chance) {
  const figures = { states: 0, lookedFor: 0 };
  while (figures.states < states) {
    await using workshop = await openFastWorkshop();
    const recording = await recordLife(workshop.path, { loadMs: 500 });
    const cuts = await cutPower(workshop.path, recording, Math.min(STATES_A_RECORDING, states - figures.states), chance);
    figures.states += cuts.states;
    figures.lookedFor += cuts.lookedFor;
    report('power cut', cuts.violations);
    print(`${figures.states} of ${states} states, ${figures.lookedFor} acknowledgements looked for`);
  }
  return figures;
}
