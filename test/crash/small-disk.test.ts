import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import { expect, test } from 'vitest';
import { TestAuthor } from '../../packages/coordinator/test/test-author.ts';
import { auditCopy } from './audit.ts';
import { CoordinatorProcess } from './coordinator-process.ts';
import { Load } from './load/load.ts';
import { openSmallDisk } from './small-disk.ts';
import { openWorkshop } from './workshop.ts';

/** For either kind of small disk. */
const TOO_MUCH = 'x'.repeat(8 * 2 ** 20);

test('[CR8] on a disk that is full it stops in words, has all it acknowledged, and goes on when there is room', async () => {
  await using workshop = await openWorkshop();
  await using disk = await openSmallDisk(workshop.path);
  console.log(`disk full: by ${disk.kind === 'tmpfs' ? 'a small tmpfs' : 'a limit on file sizes, user namespaces being forbidden here'}`);
  const load = new Load();
  const full = disk.kind === 'tmpfs' ? /"code":"disk-full".*Free some space and start the coordinator again/ : /"code":"(?:disk-full|io)"/;

  await using filling = new CoordinatorProcess(disk);
  const url = (await filling.url) as string;
  const tooMuch = new TestAuthor(join(disk.seenAs, 'author.json')).send('PUT', `/v1/blobs/${digestOf(TOO_MUCH)}`, TOO_MUCH, 'text/plain');
  await expect(tooMuch).rejects.toThrow(disk.kind === 'tmpfs' ? /: 503 .*The disk here is full\. Nothing was stored/ : /: 50[03] /);
  await load.begin(url, disk.seenAs);
  const ending = await filling.ended;
  await load.end();
  expect([ending.code, ending.said]).toEqual([74, expect.stringMatching(full)]);
  expect((await auditCopy(disk.seenAs, load.witness)).violations).toEqual([]);

  await using crowded = new CoordinatorProcess(disk);
  if ((await crowded.url) === null) expect(await crowded.ended).toEqual({ code: 74, said: expect.stringMatching(full) });
  else await crowded.kill();

  disk.grow();
  const before = load.witness.outcomes.size;
  await using roomy = new CoordinatorProcess(disk);
  await load.begin((await roomy.url) as string, disk.seenAs);
  await roomy.kill();
  await load.end();
  expect(load.witness.outcomes.size).toBeGreaterThan(before);
  expect((await auditCopy(disk.seenAs, load.witness)).violations).toEqual([]);
}, 120_000);
