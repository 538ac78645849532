import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assignment, leaseId, okResult, taskId } from '../../test/builders.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import type { Journal } from '../ports/journal.ts';
import { type Damage, openFileJournal } from './file-journal.ts';
import { parseLine, toLine } from './journal-line.ts';

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
let path: string;
const damages: Damage[] = [];

beforeEach(async () => {
  folder = await openTemporaryFolder();
  path = join(folder.path, 'journal.ndjson');
  damages.length = 0;
});
afterEach(() => folder[Symbol.asyncDispose]());

const open = (at = path): Promise<Journal> => openFileJournal(at, (damage) => damages.push(damage));
const kept = (n: number, output?: string) => ({ task: taskId(), result: okResult(n, output) });
/** What is left of a journal, by lease number: its checkpoint, `true` for a result. */
const amountsTo = ({ restored, checkpointOf }: Journal, journal: Journal) => ({
  leases: restored.leases.map(({ index, lease }) => [index, checkpointOf.call(journal, lease)]),
  results: restored.results.map(({ result }) => result.index),
});

async function reopened(at = path) {
  await using journal = await open(at);
  return amountsTo(journal, journal);
}

test('[WK34] what was noted is there after a restart: leases with inputs, the last checkpoint, results', async () => {
  {
    await using journal = await open();
    expect(journal.restored).toEqual({ leases: [], results: [], pause: null });
    journal.noteLeases([assignment(1), assignment(2), assignment(3), assignment(4)]);
    journal.noteCheckpoint(leaseId(1), '"a"');
    journal.noteCheckpoint(leaseId(1), '"b"');
    journal.noteCheckpoint(leaseId(9), '"nobody"');
    expect(journal.checkpointOf(leaseId(1))).toBe('"b"');
    await journal.keep(kept(2));
    journal.forget([leaseId(3)]);
  }
  await using journal = await open();
  expect(journal.restored.leases).toEqual([
    { ...assignment(1), hasCheckpoint: true },
    { ...assignment(4), hasCheckpoint: false },
  ]);
  expect(journal.restored.results).toEqual([kept(2)]);
  expect([journal.checkpointOf(leaseId(1)), journal.checkpointOf(leaseId(2))]).toEqual(['"b"', null]);
});

test('[WK27] a pause is there after a restart, and in the shortest form, until it is over', async () => {
  for (const pause of [{ untilAt: 7_000 }, { untilAt: null }, null]) {
    {
      await using journal = await open();
      journal.notePause({ untilAt: 1 });
      journal.notePause(pause);
    }
    for (let opened = 0; opened < 2; opened++) {
      await using journal = await open();
      expect(journal.restored.pause).toEqual(pause);
    }
  }
});

test('[WK30] a kept result is on disk when the promise resolves, and the file is its owner’s alone', async () => {
  await using journal = await open();
  const together = [1, 2, 3].map((n) => journal.keep(kept(n)));
  await together[0];
  expect(await readFile(path, 'utf8')).toContain(leaseId(1));
  await Promise.all(together);
  expect((await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('"result"'))).toHaveLength(3);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('[WK31] cut off at every byte, everything that was whole before the cut is there', async () => {
  {
    await using journal = await open();
    journal.noteLeases([assignment(1), assignment(2)]);
    journal.noteCheckpoint(leaseId(1), '"halfway – ½"');
    await journal.keep(kept(2));
    journal.forget([leaseId(1)]);
    await journal.keep(kept(3, '"ünïcödé"'));
  }
  const whole = await readFile(path);
  const lines = whole.toString('utf8').split('\n').slice(0, -1);
  const ends = lines.map((_, n) => Buffer.byteLength(lines.slice(0, n + 1).join('\n')) + 1);
  const expected = [
    { leases: [], results: [] },
    {
      leases: [
        [1, null],
        [2, null],
      ],
      results: [],
    },
    {
      leases: [
        [1, '"halfway – ½"'],
        [2, null],
      ],
      results: [],
    },
    { leases: [[1, '"halfway – ½"']], results: [2] },
    { leases: [], results: [2] },
    { leases: [], results: [2, 3] },
  ];
  const cut = join(folder.path, 'cut.ndjson');
  for (let bytes = 0; bytes <= whole.length; bytes++) {
    await writeFile(cut, whole.subarray(0, bytes));
    const wholeLines = ends.filter((end) => end <= bytes).length;
    expect(await reopened(cut), `cut at ${bytes}`).toEqual(expected[Math.max(0, wholeLines - 1)]);
  }
  expect(damages).toEqual([]);
});

test('[WK31] what is written after a torn tail is not swallowed by it', async () => {
  {
    await using journal = await open();
    await journal.keep(kept(1));
    await journal.keep(kept(2));
  }
  await truncate(path, (await stat(path)).size - 7);
  {
    await using journal = await open();
    await journal.keep(kept(3));
  }
  expect(await reopened()).toEqual({ leases: [], results: [1, 3] });
});

test('[WK32] a changed byte costs its own line only; it is reported and the file put aside', async () => {
  {
    await using journal = await open();
    for (const n of [1, 2, 3]) await journal.keep(kept(n));
  }
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(`"index":2`, `"index":7`));
  expect(await reopened()).toEqual({ leases: [], results: [1, 3] });
  expect(damages).toEqual([{ lines: 1, copy: `${path}.damaged` }]);
  expect(await readFile(`${path}.damaged`, 'utf8')).toContain('"index":7');
});

test('[WK32] lines that are whole and mean nothing are damage too', async () => {
  await appendFile(path, toLine({ kind: 'nonsense' }));
  expect(await reopened()).toEqual({ leases: [], results: [] });
  expect(damages).toHaveLength(1);
});

test('[WK33] a journal that has grown is replaced by its shortest form, and means the same', async () => {
  const large = JSON.stringify('x'.repeat(60_000));
  {
    await using journal = await open();
    journal.noteLeases([assignment(1)]);
    for (let i = 0; i < 200; i++) {
      journal.noteCheckpoint(leaseId(1), large.replace('"x', `"${i}`));
      await journal.keep(kept(2));
    }
    expect((await stat(path)).size).toBeLessThan(5_000_000);
  }
  expect(await reopened()).toEqual({ leases: [[1, large.replace('"x', '"199')]], results: [2] });
  expect((await readdir(folder.path)).sort()).toEqual(['journal.ndjson']);
});

test('[WK33] a crash while it is being replaced leaves the old one', async () => {
  {
    await using journal = await open();
    await journal.keep(kept(1));
  }
  await writeFile(`${path}.next`, 'half a journal');
  expect(await reopened()).toEqual({ leases: [], results: [1] });
});

test('[WK35] when the disk fails, nothing is promised any more', async () => {
  const journal = await open();
  await journal[Symbol.asyncDispose]();
  await expect(journal.keep(kept(1))).rejects.toThrow('is closed');
  await expect(openFileJournal(join(folder.path, 'missing', 'journal.ndjson'), () => undefined)).rejects.toThrow('ENOENT');
});

test('[WK31] a line is read back only if it is whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat(255), (text, at, byte) => {
      const line = toLine({ text }).slice(0, -1);
      expect(parseLine(line)).toEqual({ text });
      const bytes = Buffer.from(line);
      const changed = Buffer.from(bytes);
      changed[at % bytes.length] = byte;
      if (!changed.equals(bytes)) expect(parseLine(changed.toString('utf8'))).toBeUndefined();
    }),
  );
});
