/** The demo's job with a process killed in the middle: the same verified answer, every unit exactly once. */
import { join } from 'node:path';
import { connect, type Grid } from '@manyhands/task-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Detection,
  detectionsOf,
  generateObservation,
  narrowband,
  openFilterbank,
  subBandsOf,
} from '../../examples/narrowband/src/index.ts';
import { DEFAULT_HEADER, scatteredTones } from '../../examples/narrowband/src/synthesis.ts';
import { GridProcesses } from '../grid-processes.ts';

const VOLUNTEERS = ['ada', 'ben', 'cleo'];
const SEED = 7;
const HEADER = { ...DEFAULT_HEADER, channels: 2 ** 14 };

interface Answer {
  /** Output by unit. */
  readonly outputs: ReadonlyMap<number, unknown>;
  readonly detections: readonly Omit<Detection, 'verifiedBy'>[];
}

let processes: GridProcesses;
let grid: Grid;
let undisturbed: Answer;
let unitCount: number;

/** Runs the search; `disturb` is called once, when a third of the units are final. */
async function search(title: string, disturb: () => Promise<void> = async () => {}): Promise<Answer> {
  await using filterbank = await openFilterbank(join(processes.folder, 'observation.fil'));
  const subBands = subBandsOf(filterbank);
  unitCount = subBands.count;
  const job = grid.map(narrowband, subBands, { title, leaseMs: 20_000, failures: 'throw' });
  const outputs = new Map<number, unknown>();
  const findings: Parameters<typeof detectionsOf>[0] extends Iterable<infer T> ? T[] : never = [];
  for await (const { index, output, verifiedBy } of job) {
    expect(outputs.has(index), `unit ${index} came twice`).toBe(false);
    outputs.set(index, output);
    expect(new Set(verifiedBy.map(({ account }) => account)).size, `accounts behind unit ${index}`).toBeGreaterThanOrEqual(2);
    findings.push({ output, verifiedBy: verifiedBy.map(({ name }) => name ?? 'anonymous') });
    if (outputs.size === Math.floor(unitCount / 3)) await disturb();
  }
  const detections = detectionsOf(findings, subBands.resolution).map(({ verifiedBy: _, ...detection }) => detection);
  return { outputs, detections };
}

beforeAll(async () => {
  processes = await GridProcesses.open();
  await generateObservation(join(processes.folder, 'observation.fil'), SEED, {
    header: HEADER,
    spectra: 96,
    tones: scatteredTones(HEADER, 4, SEED),
  });
  for (const name of VOLUNTEERS) await processes.startVolunteer(name);
  grid = await connect({ authorFile: processes.authorFile });
  undisturbed = await search('undisturbed');
}, 120_000);

afterAll(async () => {
  await grid?.[Symbol.asyncDispose]();
  await processes?.[Symbol.asyncDispose]();
});

test('the undisturbed search ends with every unit and finds something', () => {
  expect(undisturbed.outputs.size).toBe(unitCount);
  expect(unitCount).toBeGreaterThan(12);
  expect(undisturbed.detections.length).toBeGreaterThan(0);
});

test('[CR1] kill -9 of the coordinator in the middle changes nothing in the answer', async () => {
  const answer = await search('coordinator killed', async () => {
    await processes.killCoordinator();
    await processes.startCoordinator();
  });
  expect(answer, processes.said()).toEqual(undisturbed);
}, 120_000);

test('[CR2] kill -9 of a worker in the middle changes nothing in the answer', async () => {
  const answer = await search('worker killed', async () => {
    await processes.killVolunteer('ben');
    await processes.startVolunteer('ben');
  });
  expect(answer, processes.said()).toEqual(undisturbed);
}, 120_000);

test('[CR3] kill -9 of a worker that never comes back changes nothing in the answer', async () => {
  const answer = await search('worker lost', () => processes.killVolunteer('cleo'));
  expect(answer, processes.said()).toEqual(undisturbed);
  await processes.startVolunteer('cleo');
}, 120_000);

test('[CR4] kill -9 of a runner child in the middle changes nothing in the answer', async () => {
  const answer = await search('runner killed', () => processes.killRunner('ada'));
  expect(answer, processes.said()).toEqual(undisturbed);
}, 120_000);
