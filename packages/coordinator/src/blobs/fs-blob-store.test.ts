import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { describeBlobStore, pieces } from './blob-store.contract.ts';
import { openFsBlobStore } from './fs-blob-store.ts';

const BYTES = Buffer.from('bytes that matter');
const DIGEST = digestOf(BYTES);
const pathIn = (folder: string) => join(folder, 'sha256', DIGEST.slice(7, 9), DIGEST.slice(7));

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-blobs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describeBlobStore('the file system blob store', async () => openFsBlobStore(join(await temporaryFolder(), 'data', 'blobs')));

test('[BL1] a blob is there when the folder is opened again', async () => {
  const folder = await temporaryFolder();
  await (await openFsBlobStore(folder)).put(DIGEST, pieces(BYTES), 100);
  const reopened = await openFsBlobStore(folder);
  expect(Buffer.from((await reopened.read(DIGEST)) ?? [])).toEqual(BYTES);
  expect(await readFile(pathIn(folder))).toEqual(BYTES);
});

test('[BL4] whatever becomes of a put, nothing stays behind in `incoming`', async () => {
  const folder = await temporaryFolder();
  const blobs = await openFsBlobStore(folder);
  async function* broken() {
    yield BYTES;
    throw new Error('the peer hung up');
  }
  await blobs.put(DIGEST, pieces(BYTES), 100);
  await blobs.put(DIGEST, pieces(BYTES), 3);
  await blobs.put(digestOf('other'), pieces(BYTES), 100);
  await expect(blobs.put(DIGEST, broken(), 100)).rejects.toThrow();
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('[BL4] what a crash left in `incoming` is swept at the next start', async () => {
  const folder = await temporaryFolder();
  await openFsBlobStore(folder);
  await writeFile(join(folder, 'incoming', 'half-a-blob'), 'bytes th');
  await mkdir(join(folder, 'incoming', 'strange'));
  await openFsBlobStore(folder);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('[BL2] a blob that the disk damaged is never read as if it were whole, and a new upload heals it', async () => {
  const folder = await temporaryFolder();
  const blobs = await openFsBlobStore(folder);
  await blobs.put(DIGEST, pieces(BYTES), 100);
  await writeFile(pathIn(folder), 'bytes that rotted');
  await expect(blobs.read(DIGEST)).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining('upload the blob again') });
  await blobs.put(DIGEST, pieces(BYTES), 100);
  expect(Buffer.from((await blobs.read(DIGEST)) ?? [])).toEqual(BYTES);
});

test.each(['sha256:../../../../etc/passwd', `sha256:${'A'.repeat(64)}`, `sha256:${'a'.repeat(64)}/..`, `sha256:${'a'.repeat(64)}\0`, ''])(
  '[BL7] %j never becomes a path',
  async (name) => {
    const folder = await temporaryFolder();
    const blobs = await openFsBlobStore(join(folder, 'blobs'));
    const digest = name as Digest;
    await expect(blobs.put(digest, pieces(BYTES), 100)).rejects.toMatchObject({ code: 'contradiction' });
    await expect(blobs.size(digest)).rejects.toMatchObject({ code: 'contradiction' });
    await expect(blobs.open(digest)).rejects.toMatchObject({ code: 'contradiction' });
    await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'contradiction' });
    expect(await readdir(folder)).toEqual(['blobs']);
    expect(await readdir(join(folder, 'blobs'))).toEqual(['incoming']);
  },
);

test('[BL8] a folder that cannot be used is refused in words that say what to do', async () => {
  const file = join(await temporaryFolder(), 'a-file');
  await writeFile(file, '');
  await expect(openFsBlobStore(join(file, 'blobs'))).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('--data'),
  });
});
