import { accountId, hostId, jobFacts, jobId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { type Job, ZERO_COUNTS } from '../domain/job.ts';
import { createStanding } from '../domain/standing.ts';
import { createUnit, type WorkUnit } from '../domain/work-unit.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { Books } from './books.ts';

const ref = (index: number, job = 1) => ({ job: jobId(job), index });
const unit = (index: number, job = 1): WorkUnit => ({ ...createUnit(ref(index, job), 1), revision: 1 });
const job: Job = { ...jobFacts(100), revision: 1, counts: ZERO_COUNTS };

async function open(units: readonly WorkUnit[]) {
  const store = new MemoryStore();
  await store.commit({ jobs: [job], units });
  const asked: number[][] = [];
  const loadUnits = store.loadUnits.bind(store);
  store.loadUnits = (refs) => {
    asked.push(refs.map(({ index }) => index));
    return loadUnits(refs);
  };
  return { books: new Books(store, 3), asked, store };
}

test('[EN37] all that is missing is read in one call, once', async () => {
  const { books, asked } = await open([unit(0), unit(1)]);
  await books.load([ref(0), ref(1), ref(0), ref(7)], [job.id, job.id, jobId(9)]);
  await books.load([ref(1), ref(0)], [job.id]);
  expect(asked).toEqual([[0, 1, 7]]);
  expect(books.unit(job.id, 1)).toEqual(unit(1));
  expect(books.unit(job.id, 7)).toBeUndefined();
  expect([books.job(job.id), books.job(jobId(9))]).toEqual([job, undefined]);
});

test('[EN37] with every job comes what hosts have earned for its task, also where what a batch names can be gone through only once', async () => {
  const { books, store } = await open([unit(0)]);
  const [host, account] = [hostId(1), accountId(1)];
  await store.commit({ standings: [createStanding(job.task, host, account, 16)] });
  await books.load([ref(0)].values(), [job.id].values());
  expect(books.hosts.standing(job.task, host)?.quota).toBe(16);
  books.keep([], [], [createStanding(job.task, host, account, 8)]);
  expect(books.hosts.standing(job.task, host)?.quota).toBe(8);
});

test('[EN37] units that ended are let go, and beyond the bound those that are here longest', async () => {
  const { books } = await open([]);
  books.keep([unit(0), unit(1), unit(2), unit(0, 2)], []);
  expect([0, 1, 2].map((index) => books.unit(job.id, index) !== undefined)).toEqual([false, true, true]);
  expect(books.unit(jobId(2), 0)).toBeDefined();
  books.keep([{ ...unit(1), state: { kind: 'cancelled', at: 1 } }], []);
  expect(books.unit(job.id, 1)).toBeUndefined();
});

test('[EN37] what was stale is read again', async () => {
  const { books, asked, store } = await open([unit(0), unit(1)]);
  await books.load([ref(0), ref(1)], [job.id]);
  const newer = { ...unit(0), revision: 2 };
  await store.commit({ units: [newer] });
  await books.reload([ref(0)], []);
  expect(asked).toEqual([[0, 1], [0]]);
  expect(books.unit(job.id, 0)).toEqual(newer);
  books.forgetUnits();
  expect(books.unit(job.id, 1)).toBeUndefined();
});

test('[EN37] jobs that ended are let go when there are very many', async () => {
  const { books } = await open([]);
  const many = Array.from({ length: 1_500 }, (_, n): Job => ({ ...job, id: jobId(n), endedAt: n % 2 === 0 ? 1 : null }));
  books.keep([], many);
  expect([...books.jobs].every(({ endedAt }) => endedAt === null)).toBe(true);
  expect([...books.jobs]).toHaveLength(750);
});
