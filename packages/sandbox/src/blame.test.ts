import { expect, test } from 'vitest';
import { judgeDeath, type Verdict } from './blame.ts';
import type { Entry } from './execution-queue.ts';
import { executionOf } from './testing/tasks.ts';

const entryOf = (key: number, deaths = 0): Entry => ({
  key,
  execution: executionOf(key),
  events: {},
  settle: () => {},
  settled: false,
  deaths,
  suspect: false,
  resume: null,
});
const SILENT = { reason: 'SIGKILL', stderr: '' };
const summary = ({ guilty, suspects, innocent }: Verdict) => ({
  guilty: guilty.map(({ entry, kind }) => [entry.key, kind]),
  suspects: suspects.map(({ key }) => key),
  innocent: innocent.map(({ key }) => key),
});

test('[SB14] what the runner blames before it ends itself is guilty, and nobody else', () => {
  const batches = [[entryOf(1), entryOf(2)], [entryOf(3)]];
  expect(summary(judgeDeath(SILENT, { cause: 'timeout', key: 3 }, batches))).toEqual({
    guilty: [[3, 'timeout']],
    suspects: [],
    innocent: [1, 2],
  });
});

test('[SB13] memory that ran out with one execution under way is its fault; with several, each is a suspect', () => {
  const warning = { cause: 'memory', key: null } as const;
  expect(summary(judgeDeath(SILENT, warning, [[entryOf(1), entryOf(2)]]))).toEqual({
    guilty: [[1, 'memory']],
    suspects: [],
    innocent: [2],
  });
  expect(summary(judgeDeath(SILENT, warning, [[entryOf(1)], [entryOf(2)]]))).toEqual({ guilty: [], suspects: [1, 2], innocent: [] });
});

test('[SB14] after a death that nobody explains, what was under way is suspect and what was not is innocent', () => {
  expect(summary(judgeDeath(SILENT, null, [[entryOf(1), entryOf(2)], [entryOf(3)]]))).toEqual({
    guilty: [],
    suspects: [1, 3],
    innocent: [2],
  });
});

test('[SB14] two deaths make a crash, or a lack of memory if V8 said so', () => {
  expect(summary(judgeDeath(SILENT, null, [[entryOf(1, 1)], [entryOf(2)]]))).toEqual({
    guilty: [[1, 'crash']],
    suspects: [2],
    innocent: [],
  });
  const outOfMemory = { reason: 'SIGABRT', stderr: 'FATAL ERROR: invalid table size Allocation failed - JavaScript heap out of memory' };
  expect(summary(judgeDeath(outOfMemory, null, [[entryOf(1, 1)]]))).toEqual({ guilty: [[1, 'memory']], suspects: [], innocent: [] });
});

test('[SB14] a warning about an execution that has ended in the meantime blames nobody', () => {
  expect(summary(judgeDeath(SILENT, { cause: 'timeout', key: 9 }, [[entryOf(1)]]))).toEqual({ guilty: [], suspects: [1], innocent: [] });
});

test('[SB14] the death of an idle runner has no one to blame', () => {
  expect(summary(judgeDeath(SILENT, null, []))).toEqual({ guilty: [], suspects: [], innocent: [] });
});
