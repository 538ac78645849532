/** `npm run fuzz -- [options]`: hostile frames by the million at a real coordinator. */
import { parseArgs } from 'node:util';
import { saveRun } from '../save-run.ts';
import { type FuzzOptions, type FuzzTally, fuzzFrames, playVisit, publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';

const USAGE = `npm run fuzz -- [options]: hostile frames at a real coordinator, drawn from the protocol's own schemas
  --frames N    so many frames (100000), a fiftieth of them by strangers, the others by hosts that have proven themselves
  --seed S      where chance begins (1)
  --minutes M   end after so long, however many were sent by then
  --visit V     play this one visit again, alone
  --strangers   with --visit: it was a stranger's
  --json        end with one line of JSON: { frames, visits, framesPerSecond, served, findings, closings }
  --save        keep the figures in test/results, for the documents (npm run guarantees)
  --help        print this

The exit code is 1 if anything was found.
`;
const PROGRESS_EVERY_MS = 5_000;
const STRANGERS_SHARE = 0.02;

const flag = { type: 'boolean', default: false } as const;
const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: { frames: number, seed: number, minutes: number, visit: number, strangers: flag, json: flag, save: flag, help: flag },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const numberIn = (name: 'frames' | 'seed' | 'minutes' | 'visit', usual: number): number => {
  const value = Number(values[name] ?? usual);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} needs a whole number from 0 on, not "${values[name]}".\n\n${USAGE}`);
  process.exit(2);
};
const [frames, seed, only] = [numberIn('frames', 100_000), numberIn('seed', 1), numberIn('visit', 0)];
const minutes = numberIn('minutes', 7 * 24 * 60);
const print = (text: string): void => void (values.json ? process.stderr : process.stdout).write(`${text}\n`);

const startedAt = performance.now();
let printedAt = startedAt;
let done = 0;
const rate = (count: number): number => Math.round((count * 1_000) / (performance.now() - startedAt));
let told = 0;
function onProgress({ frames: sent, findings }: FuzzTally): void {
  for (const { seed: visit, what } of findings.slice(told))
    print(`FOUND ${what}; npm run fuzz -- --visit ${visit}${done === 0 ? ' --strangers' : ''}`);
  told = findings.length;
  if (performance.now() - printedAt < PROGRESS_EVERY_MS) return;
  printedAt = performance.now();
  print(`${done + sent} of ${frames} frames, ${rate(done + sent)} a second, ${findings.length} findings`);
}

async function fuzz(coordinator: NetworkCoordinator, who: FuzzOptions['who'], share: number): Promise<FuzzTally> {
  const until = startedAt + minutes * 60_000;
  const tally = await fuzzFrames(coordinator, { frames: Math.ceil(frames * share), seed, who, until, onProgress });
  done += tally.frames;
  told = 0;
  return tally;
}

const keepAliveMs = 3_600_000;
await using coordinator = await NetworkCoordinator.open({ engine: { keepAliveMs } });
await publishEndlessJobs(coordinator);

async function replay(visit: number): Promise<never> {
  const played = await playVisit(coordinator.url, visit, values.strangers ? 'strangers' : 'guests').catch((error: Error) => error.message);
  print(JSON.stringify(typeof played === 'string' ? { findings: [played] } : { ...played, recorded: played.recorded.size }, null, 2));
  print([...(await coordinator.close())].join('\n'));
  process.exit(typeof played === 'string' || played.findings.length > 0 ? 1 : 0);
}
if (values.visit !== undefined) await replay(only);

const before = JSON.stringify(coordinator.booked());
const strangers = await fuzz(coordinator, 'strangers', STRANGERS_SHARE);
const written = JSON.stringify(coordinator.booked()) === before ? [] : ['strangers changed the store'];
const guests = await fuzz(coordinator, 'guests', 1 - STRANGERS_SHARE);
const framesPerSecond = rate(done);
const complaints = [...written, ...(await coordinator.close())];
const { found, results, units } = coordinator.fsck();
complaints.push(...Object.entries(found).map(([rule, count]) => `fsck: ${rule} violated ${count} times`));
if (results < guests.recorded.size + guests.served)
  complaints.push(`${guests.recorded.size} results were acknowledged, ${results} are stored`);
for (const complaint of complaints) print(`FOUND ${complaint}`);

const findings = strangers.findings.length + guests.findings.length + complaints.length;
print(
  `${done} frames in ${strangers.visits + guests.visits} visits, ${framesPerSecond} a second; the honest host was served ${guests.served} times;`,
);
print(`${results} results of ${units} units in the books; ${findings} findings`);
const figures = { frames: done, visits: strangers.visits + guests.visits, framesPerSecond, served: guests.served, findings };
if (values.save) saveRun('fuzz', { ...figures, acknowledged: guests.recorded.size + guests.served, stored: results });
if (values.json) {
  const closings = Object.fromEntries([...strangers.closings, ...guests.closings].sort(([a], [b]) => a - b));
  process.stdout.write(`${JSON.stringify({ ...figures, closings })}\n`);
}
process.exitCode = findings === 0 ? 0 : 1;
