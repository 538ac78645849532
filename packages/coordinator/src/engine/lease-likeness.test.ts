import type { AssignedLease } from '@manyhands/protocol';
import { digestOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { okResult, type Volunteer, World } from '../../test/engine-world.ts';
import type { WorkUnit } from '../domain/work-unit.ts';
import { toJobMap } from '../http/views/job-map.ts';
import type { JobCell } from '../ports/read-store.ts';
import { unitsPerCell } from '../store/job-cells.ts';

const CONFIDENCE = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'exact' } } as const;
const right = (index: number) => `answer ${index}`;
const UNITS = 900;
const NEWCOMERS = 60;
/** Canaries are drawn again and again: so that chance does not place those of one job, several are played. */
const JOBS = 6;
/** Everybody asks for as much as a newcomer may have. */
const AT_ONCE = 3;

interface Seen {
  readonly isCanary: boolean;
  /** All that its host is told of it, and could ask, as numbers. */
  readonly features: Readonly<Record<string, number>>;
}

/** As the store counts them. */
function cellsOf(units: readonly WorkUnit[], size: number): JobCell[] {
  const cells = new Map<number, { final: number; active: number }>();
  for (const { index, state } of units) {
    const cell = cells.get(Math.floor(index / size)) ?? { final: 0, active: 0 };
    cell[state.kind === 'final' ? 'final' : 'active']++;
    cells.set(Math.floor(index / size), cell);
  }
  return [...cells].map(([cell, counts]) => ({ cell, failed: 0, cancelled: 0, accounts: [], ...counts }));
}

/** What a volunteer can know of each lease at the time it gets it. */
async function leasesOf(seed: number): Promise<Seen[]> {
  const world = await World.open({ seed, verify: CONFIDENCE, limits: { firstQuota: 8, quotaPerHost: 8 } });
  world.judge.truth = (seed) => ({ kind: 'computed', digest: digestOf(right(Number(seed.split('/')[1]))) });
  const job = await world.job({ inputs: { kind: 'index', count: UNITS } });
  const seen: Seen[] = [];
  let highest = 0;

  const look = (frame: readonly AssignedLease[], states: readonly string[]): void => {
    const order = frame.map(({ index }) => index).toSorted((a, b) => a - b);
    for (const [place, lease] of frame.entries()) {
      const { index, input } = lease;
      const features = {
        index,
        behindTheHighest: highest - index,
        place,
        placeByIndex: order.indexOf(index),
        inputLength: String(input).length,
        fields: JSON.stringify(Object.keys(lease)).length,
        leaseLength: lease.lease.length,
        verifiedOnTheMap: Number(states[index] === 'final'),
        underWayOnTheMap: Number(states[index] === 'running'),
      };
      seen.push({ isCanary: world.unit(job, index)?.state.kind === 'final', features });
    }
    highest = Math.max(highest, ...order);
  };

  const work = async (host: Volunteer): Promise<void> => {
    const size = unitsPerCell(UNITS);
    const map = toJobMap(world.jobRow(job), size, cellsOf([...world.store.tables.units.values()], size), false);
    const states = Array.from({ length: UNITS }, (_, index) => map.cells[Math.floor(index / size)]?.state ?? '');
    await host.ask(AT_ONCE);
    for (let type = host.link.unread[0]; type !== undefined; type = host.link.unread[0]) {
      if (type !== 'assign') host.link.takeAll(type);
      else
        for (const { leases } of host.link.takeAll('assign')) {
          look(leases, states);
          const results = leases.map(({ lease, index }) => okResult({ lease, job, index }, right(index)));
          await host.receive({ type: 'submit', results });
        }
    }
  };

  const old = await Promise.all([1, 2, 3, 4].map((n) => world.host(n)));
  for (let round = 0; round < 12; round++) for (const host of old) await work(host);
  for (let n = 0; n < NEWCOMERS; n++) {
    for (const host of old) await work(host);
    await work(await world.host(100 + n));
  }
  expect(world.violations()).toEqual([]);
  return seen;
}

/** How often a canary has more of it than another lease, ties by half: 0.5 tells nothing. */
function areaUnderCurve(scored: readonly { readonly score: number; readonly isCanary: boolean }[]): number {
  const canaries = scored.filter(({ isCanary }) => isCanary).map(({ score }) => score);
  const others = scored.filter(({ isCanary }) => !isCanary).map(({ score }) => score);
  let more = 0;
  for (const score of canaries) for (const other of others) more += score > other ? 1 : score === other ? 0.5 : 0;
  return more / (canaries.length * others.length);
}

const standardized = (leases: readonly Seen[]): { readonly row: number[]; readonly isCanary: boolean }[] => {
  const names = Object.keys(leases[0]?.features ?? {});
  const scales = names.map((name) => {
    const values = leases.map(({ features }) => features[name] as number);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, deviation: deviation || 1 };
  });
  return leases.map(({ features, isCanary }) => ({
    row: names.map((name, i) => ((features[name] as number) - (scales[i]?.mean as number)) / (scales[i]?.deviation as number)),
    isCanary,
  }));
};

/** Logistic regression on all features and their squares: trained on every second lease, tested on the others. */
function trainedClassifier(leases: readonly Seen[]): number {
  const rows = standardized(leases).map(({ row, isCanary }) => ({ row: [1, ...row, ...row.map((value) => value ** 2)], isCanary }));
  const training = rows.filter((_, i) => i % 2 === 0);
  const share = training.filter(({ isCanary }) => isCanary).length / training.length;
  const weights = new Array<number>(rows[0]?.row.length ?? 0).fill(0);
  const scoreOf = (row: readonly number[]) => row.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  for (let step = 0; step < 150; step++) {
    const slope = new Array<number>(weights.length).fill(0);
    for (const { row, isCanary } of training) {
      const error = (isCanary ? 0.5 / share : 0) - (isCanary ? 0.5 / share : 0.5 / (1 - share)) / (1 + Math.exp(-scoreOf(row)));
      for (const [i, value] of row.entries()) slope[i] = (slope[i] as number) + error * value;
    }
    for (const i of weights.keys()) weights[i] = (weights[i] as number) + (0.3 * (slope[i] as number)) / training.length;
  }
  return areaUnderCurve(rows.filter((_, i) => i % 2 === 1).map(({ row, isCanary }) => ({ score: scoreOf(row), isCanary })));
}

test('[VF5] [VF88] [VF89] nothing that a volunteer is told of a lease, or can look up without a token, tells a canary from work', async () => {
  const leases: Seen[] = [];
  for (let seed = 1; seed <= JOBS; seed++) leases.push(...(await leasesOf(seed)));
  const canaries = leases.filter(({ isCanary }) => isCanary).length;
  expect(leases.length).toBeGreaterThan(4_000);
  expect(canaries).toBeGreaterThan(900);
  const told = Object.keys(leases[0]?.features ?? {}).map((name) => [
    name,
    areaUnderCurve(leases.map(({ features, isCanary }) => ({ score: features[name] as number, isCanary }))),
  ]);
  for (const [name, area] of told) expect(Math.abs((area as number) - 0.5), String(name)).toBeLessThanOrEqual(0.05);
  expect(trainedClassifier(leases)).toBeLessThanOrEqual(0.55);
}, 60_000);
