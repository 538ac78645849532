import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchSize, type Entry, ExecutionQueue } from './execution-queue.ts';
import { executionOf } from './testing/tasks.ts';

const entryOf = (changes: Partial<Entry> = {}): Entry => ({
  key: -1,
  execution: executionOf(1),
  events: {},
  settle: () => {},
  settled: false,
  deaths: 0,
  suspect: false,
  resume: null,
  ...changes,
});
const queueOf = (...entries: Entry[]): ExecutionQueue => {
  const queue = new ExecutionQueue();
  for (const entry of entries) queue.add(entry);
  return queue;
};

test('[SB22] short executions travel together, long ones and unknown ones alone', () => {
  expect(batchSize(1_000, 2, null)).toBe(1);
  expect(batchSize(1_000, 2, 100)).toBe(1);
  expect(batchSize(1_000, 2, 0.1)).toBeGreaterThan(10);
});

test('[SB22] a runner gets a batch for each thread, and no more', () => {
  const queue = queueOf(...Array.from({ length: 9 }, () => entryOf()));
  const sent: Entry[][] = [];
  for (let batch = queue.next(sent, 2, 100); batch !== null; batch = queue.next(sent, 2, 100)) sent.push(batch);
  expect(sent.map(({ length }) => length)).toEqual([1, 1]);
});

test('[SB22] what waits is shared out among the threads', () => {
  expect(batchSize(10, 2, 0)).toBe(5);
  fc.assert(
    fc.property(
      fc.nat(1_000),
      fc.integer({ min: 1, max: 16 }),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      (waiting, threads, averageMs) => {
        const size = batchSize(waiting, threads, averageMs);
        expect(size).toBeGreaterThanOrEqual(1);
        expect(size).toBeLessThanOrEqual(Math.max(1, Math.ceil(waiting / threads)));
      },
    ),
  );
});

test('[SB22] a batch ends where its bytes become many', () => {
  const heavy = (): Entry =>
    entryOf({ execution: executionOf(1, { blobs: new Map([['sha256:x' as never, new Uint8Array(3 * 1024 * 1024)]]) }) });
  const queue = queueOf(heavy(), heavy(), heavy(), heavy());
  expect(queue.next([], 1, 0)).toHaveLength(2);
});

test('[SB14] a suspect goes first, and alone', () => {
  const [plain, suspect, later] = [entryOf(), entryOf({ suspect: true }), entryOf()];
  const queue = queueOf(plain, later);
  queue.putBack([suspect]);
  expect(queue.next([[entryOf()]], 4, null)).toBeNull();
  expect(queue.next([], 4, null)).toEqual([suspect]);
  expect(queue.next([[suspect]], 4, null)).toBeNull();
  expect(queue.next([], 4, null)).toEqual([plain]);
  expect(queue.next([[plain]], 4, null)).toEqual([later]);
  expect(queue.next([[plain], [later]], 4, null)).toBeNull();
});

test('[SB14] what is put back comes before what never started, in its old order, without what nobody waits for', () => {
  const [a, b, c] = [entryOf(), entryOf({ settled: true }), entryOf()];
  const waiting = entryOf();
  const queue = queueOf(waiting);
  queue.putBack([a, b, c]);
  expect(queue.drain()).toEqual([a, c, waiting]);
  expect(queue.length).toBe(0);
});
