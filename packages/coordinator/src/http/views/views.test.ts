import { unitViewSchema } from '@manyhands/protocol';
import { accountId, confidenceOf, hostId, jobFacts, jobId, leaseId, quorumOf } from '@manyhands/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredResult } from '../../domain/change-set.ts';
import { type Job, ZERO_COUNTS } from '../../domain/job.ts';
import type { WorkUnit } from '../../domain/work-unit.ts';
import { toJobMap } from './job-map.ts';
import { toJobView } from './job-view.ts';
import { toUnitView, withoutCanaries } from './unit-view.ts';

const facts = { taskName: 'collatz', unitsPerSecond: 2, hosts: 3 };
const jobOf = (unitCount: number, changes: Partial<Job> = {}): Job => ({ ...jobFacts(unitCount), counts: ZERO_COUNTS, ...changes });

test('[HT14] the counts of a job add up to its total, whatever its state', () => {
  const counts = fc.record({
    running: fc.nat(9),
    verifying: fc.nat(9),
    idle: fc.nat(9),
    final: fc.nat(9),
    failed: fc.nat(9),
    cancelled: fc.nat(9),
  });
  fc.assert(
    fc.property(counts, fc.nat(9), fc.constantFrom('open', 'closed', 'done', 'cancelled'), (rows, fresh, state) => {
      const total = Object.values(rows).reduce((sum, n) => sum + n, 0) + fresh;
      const { units } = toJobView(jobOf(total, { state: state as Job['state'], counts: { ...ZERO_COUNTS, ...rows } }), facts);
      const { total: shown, ...states } = units;
      expect(shown).toBe(total);
      expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(total);
      expect(Math.min(...Object.values(states))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('[HT14] time left follows from the rate, and is not told while inputs may come, without a rate, or at the end', () => {
  const half = { counts: { ...ZERO_COUNTS, final: 4, failed: 1, results: 8 } };
  expect(toJobView(jobOf(11, half), facts)).toMatchObject({ remainingMs: 3_000, resultsPerUnit: 2, state: 'running' });
  expect(toJobView(jobOf(11, { ...half, state: 'open' }), facts).remainingMs).toBeNull();
  expect(toJobView(jobOf(11, half), { ...facts, unitsPerSecond: 0 }).remainingMs).toBeNull();
  expect(toJobView(jobOf(5, { ...half, state: 'done', endedAt: 9 }), facts)).toMatchObject({ remainingMs: null, finishedAt: 9 });
  expect(toJobView(jobOf(11), facts).resultsPerUnit).toBeNull();
});

test('[HT14] the cells of a map cover every unit once', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 50 }), (units, unitsPerCell) => {
      const { cells } = toJobMap(jobOf(units), unitsPerCell, [], false);
      expect(cells.reduce((sum, cell) => sum + cell.total, 0)).toBe(units);
      expect(cells.every((cell) => cell.state === 'waiting' && cell.total > 0)).toBe(true);
    }),
  );
});

test.each<[string, Partial<{ final: number; failed: number; cancelled: number; active: number }>, Job['state'], string]>([
  ['all final', { final: 10 }, 'closed', 'final'],
  ['some at work', { final: 9, active: 1 }, 'closed', 'running'],
  ['some final, the rest untouched', { final: 4 }, 'closed', 'waiting'],
  ['all ended, one failed', { final: 9, failed: 1 }, 'closed', 'failed'],
  ['all ended, one cancelled', { final: 9, cancelled: 1 }, 'closed', 'cancelled'],
  ['some final, then cancelled', { final: 4, active: 1 }, 'cancelled', 'cancelled'],
  ['all final before the cancel', { final: 10 }, 'cancelled', 'final'],
])('[HT14] a cell of ten with %s', (_what, known, state, shown) => {
  const cell = { cell: 0, final: 0, failed: 0, cancelled: 0, active: 0, accounts: ['Ada'], ...known };
  expect(toJobMap(jobOf(10, { state }), 10, [cell], false).cells[0]).toEqual({
    state: shown,
    final: cell.final,
    total: 10,
    verifiedBy: ['Ada'],
  });
});

test('[VF89] while a job under confidence runs others see its map shuffled, with every cell in it; the author, and everybody after the end, in order', () => {
  const known = Array.from({ length: 30 }, (_, cell) => ({
    cell,
    final: cell % 7,
    failed: 0,
    cancelled: 0,
    active: 0,
    accounts: [`${cell}`],
  }));
  const order = { key: 'secret', from: 0, to: 300 };
  const running = jobOf(300, { verify: confidenceOf(1_000), order });
  const inOrder = toJobMap(running, 10, known, true);
  const seen = toJobMap(running, 10, known, false);
  const namesIn = ({ cells }: typeof seen) => cells.map(({ verifiedBy }) => Number(verifiedBy[0]));
  expect(namesIn(inOrder)).toEqual(known.map(({ cell }) => cell));
  expect(seen.isShuffled).toBe(true);
  expect(namesIn(seen)).not.toEqual(namesIn(inOrder));
  expect(namesIn(seen).toSorted((a, b) => a - b)).toEqual(namesIn(inOrder));
  for (const job of [
    { ...running, endedAt: 9 },
    { ...running, verify: quorumOf(1) },
  ])
    expect(toJobMap(job, 10, known, false)).toEqual(inOrder);
  // From before there was a secret to shuffle it by.
  const { order: _, ...before } = running;
  expect(toJobMap(before, 10, known, false)).toEqual({ unitsPerCell: 10, isShuffled: true, cells: [] });
});

test('[HT13] no lease id is shown, live or past', () => {
  const holder = { lease: leaseId(1), host: hostId(1), account: accountId(1), leasedAt: 1 };
  const digest = `sha256:${'0'.repeat(64)}` as never;
  const unit: WorkUnit = {
    job: jobId(1),
    index: 4,
    revision: 1,
    state: { kind: 'open' },
    replicas: [
      { kind: 'returned', no: 0, digest, returnedAt: 2, ...holder },
      { kind: 'leased', no: 1, deadlineAt: 9, ...holder },
      { kind: 'ready', no: 2 },
    ],
  };
  const result: StoredResult = {
    ...holder,
    job: jobId(1),
    index: 4,
    no: 0,
    receivedAt: 2,
    elapsedMs: 1,
    late: false,
    body: { kind: 'ok', digest, output: '1' },
  };
  const view = toUnitView({ index: 4 }, jobOf(9), { input: '17', unit, results: [result], postings: [], names: {} });
  expect(JSON.stringify(view)).not.toContain('lease_');
  expect(view.replicas.map(({ kind, no }) => [kind, no])).toEqual([
    ['returned', 0],
    ['leased', 1],
    ['ready', 2],
  ]);
  expect(view.evidence).toMatchObject([{ no: 0, host: hostId(1), body: { kind: 'ok', output: '1' } }]);
});

test('[HT13] a unit nobody has touched is open', () => {
  const untouched = { input: '17', unit: null, results: [], postings: [], names: {} };
  const view = toUnitView({ index: 4 }, jobOf(9), untouched);
  expect(unitViewSchema.parse(view)).toEqual({
    id: `${jobId(1)}/4`,
    job: jobId(1),
    index: 4,
    title: 'a job',
    verify: quorumOf(1),
    input: '17',
    state: { kind: 'open' },
    replicas: [],
    evidence: [],
    story: [{ kind: 'waits', at: null, for: 'turn' }],
    names: {},
  });
  const cancelled = jobOf(9, { state: 'cancelled', endedAt: 7 });
  expect(toUnitView({ index: 4 }, cancelled, withoutCanaries(untouched))).toMatchObject({
    state: { kind: 'cancelled', at: 7 },
    story: [{ kind: 'cancelled', at: 7 }],
  });
});
