/**
 * argv: data folder. A coordinator with a quota that lets a few null workers hold much; ends in order when stdin ends.
 * Prints one JSON line when it listens, and one for each line on stdin: `begin` and `begin-profile` start measuring, `end` says what was used since.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { createInterface } from 'node:readline';
import { loadConfig, startCoordinator } from '@manyhands/coordinator';
import type { CpuUse } from './bench-coordinator.ts';
import { toStages } from './unit-profile/stages.ts';

const QUOTA = 1_000_000;
const SAMPLE_US = 500;

const [data] = process.argv.slice(2);
const coordinator = await startCoordinator(
  loadConfig({ data, port: 0, logLevel: 'warn', engine: { quotaPerHost: QUOTA, firstQuota: 1_024 } }, {}),
);
const inspector = new Session();
const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

let began = { all: process.cpuUsage(), main: process.threadCpuUsage(), isProfiled: false };

async function begin(isProfiled: boolean): Promise<void> {
  if (isProfiled) {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    await inspector.post('Profiler.start');
  }
  began = { all: process.cpuUsage(), main: process.threadCpuUsage(), isProfiled };
  say({});
}

async function end(): Promise<void> {
  const [all, main] = [process.cpuUsage(began.all), process.threadCpuUsage(began.main)];
  const use = { allUs: all.user + all.system, mainUs: main.user + main.system };
  say({ ...use, stagesUs: began.isProfiled ? toStages(await profile()) : null } satisfies CpuUse);
}

async function profile(): Promise<Profiler.Profile> {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return profile;
}

createInterface({ input: process.stdin })
  .on('line', (line) => void (line === 'end' ? end() : begin(line === 'begin-profile')))
  .on('close', () => void coordinator.close());
say({ url: coordinator.url });
