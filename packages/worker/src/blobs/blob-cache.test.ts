import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Answer, BlobStream, CoordinatorApi } from '../ports/coordinator-api.ts';
import { openBlobCache } from './blob-cache.ts';

const bytesOf = (text: string, times = 1): Buffer => Buffer.from(text.repeat(times));
const never = new AbortController().signal;

/** Serves blobs in chunks of four bytes; how, a test may say. */
class Source implements Pick<CoordinatorApi, 'openBlob'> {
  readonly blobs = new Map<Digest, Buffer>();
  readonly asked: [Digest, number][] = [];
  answer: (digest: Digest, from: number) => Answer<BlobStream> | null = () => null;
  /** Breaks the stream after so many bytes. */
  breakAfter = Number.POSITIVE_INFINITY;
  gate: Promise<void> = Promise.resolve();

  add(bytes: Buffer): Digest {
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return digest;
  }

  async openBlob(digest: Digest, from: number, signal: AbortSignal): Promise<Answer<BlobStream>> {
    this.asked.push([digest, from]);
    await this.gate;
    const blob = this.blobs.get(digest);
    return (
      this.answer(digest, from) ??
      (blob === undefined ? { kind: 'refused', reason: '404' } : { kind: 'ok', value: { from, bytes: this.#chunks(blob, from, signal) } })
    );
  }

  async *#chunks(blob: Buffer, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let at = from; at < blob.length; at += 4) {
      signal.throwIfAborted();
      if (at >= this.breakAfter) throw new Error('ECONNRESET');
      yield blob.subarray(at, at + 4);
    }
  }
}

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
let source: Source;
beforeEach(async () => {
  folder = await openTemporaryFolder();
  source = new Source();
});
afterEach(() => folder[Symbol.asyncDispose]());

const open = (limitBytes = 1_000_000): Promise<BlobStore> =>
  openBlobCache({ folder: folder.path, limitBytes, api: source as unknown as CoordinatorApi, now: Date.now() });
const fileOf = (digest: Digest): string => join(folder.path, digest.slice(7));
const filesLeft = async (): Promise<string[]> => (await readdir(folder.path)).filter((name) => name !== 'partial');
const OK = { kind: 'ok', value: null };

test('a blob is fetched once, however many want it, and is there after a restart', async () => {
  const cache = await open();
  const digest = source.add(bytesOf('hello', 10));
  expect(await Promise.all([1, 2, 3].map(() => cache.ensure(digest, 1_000, never)))).toEqual([OK, OK, OK]);
  expect(await cache.ensure(digest, 1_000, never)).toEqual(OK);
  const restarted = await open();
  expect(await restarted.ensure(digest, 1_000, never)).toEqual(OK);
  expect(Buffer.from((await restarted.read(digest)) as Uint8Array)).toEqual(bytesOf('hello', 10));
  expect(source.asked).toEqual([[digest, 0]]);
});

test('[WK36] bytes that do not match their name are refused after a second try, and leave nothing behind', async () => {
  const cache = await open();
  const digest = digestOf('what was promised');
  source.blobs.set(digest, bytesOf('what came instead'));
  expect(await cache.ensure(digest, 1_000, never)).toEqual({ kind: 'refused', reason: 'its bytes do not match its name, twice' });
  expect(source.asked).toHaveLength(2);
  expect([await filesLeft(), await readdir(join(folder.path, 'partial'))]).toEqual([[], []]);
});

test('[WK36] a blob that the disk changed is not handed out; it is deleted and fetched again', async () => {
  const cache = await open();
  const digest = source.add(bytesOf('precious', 5));
  await cache.ensure(digest, 1_000, never);
  await writeFile(fileOf(digest), 'damaged');
  expect(await cache.read(digest)).toBeNull();
  expect(await filesLeft()).toEqual([]);
  expect(await cache.ensure(digest, 1_000, never)).toEqual(OK);
  expect(await cache.read(digest)).not.toBeNull();
});

test('a blob larger than it may be is refused, fetched or not', async () => {
  const cache = await open();
  const digest = source.add(bytesOf('x', 100));
  expect(await cache.ensure(digest, 99, never)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('99') });
  expect(await cache.ensure(digest, 100, never)).toEqual(OK);
  expect(await cache.ensure(digest, 99, never)).toMatchObject({ kind: 'refused' });
});

test('[WK37] the least recently used goes first, and what is held never', async () => {
  const cache = await open(250);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => source.add(bytesOf(letter, 100))) as [Digest, Digest, Digest, Digest];
  for (const digest of [a, b]) await cache.ensure(digest, 1_000, never);
  await cache.read(a);
  await cache.ensure(c, 1_000, never);
  expect(await Promise.all([a, b, c].map(async (digest) => (await cache.read(digest)) !== null))).toEqual([true, false, true]);
  cache.hold('lease', a);
  cache.hold('lease', c);
  await cache.ensure(d, 1_000, never);
  expect(await Promise.all([a, c, d].map(async (digest) => (await cache.read(digest)) !== null))).toEqual([true, true, false]);
  cache.release('lease');
  await cache.ensure(d, 1_000, never);
  expect(await filesLeft()).toHaveLength(2);
});

test('[WK37] a smaller limit takes effect at the next start', async () => {
  const cache = await open();
  for (const letter of ['a', 'b', 'c']) await cache.ensure(source.add(bytesOf(letter, 100)), 1_000, never);
  await open(150);
  expect(await filesLeft()).toHaveLength(1);
});

test('[WK38] an interrupted download goes on where it broke off, also after a restart', async () => {
  const digest = source.add(bytesOf('0123456789', 10));
  source.breakAfter = 40;
  expect(await (await open()).ensure(digest, 1_000, never)).toMatchObject({ kind: 'unavailable', reason: 'ECONNRESET' });
  source.breakAfter = Number.POSITIVE_INFINITY;
  expect(await (await open()).ensure(digest, 1_000, never)).toEqual(OK);
  expect(source.asked).toEqual([
    [digest, 0],
    [digest, 40],
  ]);
});

test('[WK38] a source that does not resume is listened to from the start', async () => {
  const digest = source.add(bytesOf('0123456789', 10));
  source.breakAfter = 40;
  const cache = await open();
  await cache.ensure(digest, 1_000, never);
  const whole = source.blobs.get(digest) as Buffer;
  source.answer = () => ({
    kind: 'ok',
    value: {
      from: 0,
      bytes: (async function* () {
        yield whole;
      })(),
    },
  });
  expect(await cache.ensure(digest, 1_000, never)).toEqual(OK);
});

test('[WK38] a remainder of something else is thrown away', async () => {
  const digest = source.add(bytesOf('0123456789', 10));
  const cache = await open();
  await writeFile(join(folder.path, 'partial', digest.slice(7)), 'something else entirely');
  expect(await cache.ensure(digest, 1_000, never)).toEqual(OK);
  expect(source.asked.map(([, from]) => from)).toEqual([23, 0]);
});

test('[WK38] a complete remainder needs no more bytes', async () => {
  const digest = source.add(bytesOf('0123456789', 10));
  const cache = await open();
  await writeFile(join(folder.path, 'partial', digest.slice(7)), bytesOf('0123456789', 10));
  source.answer = () => ({ kind: 'refused', reason: '416' });
  expect(await cache.ensure(digest, 1_000, never)).toEqual(OK);
});

test('a download goes on while anybody wants it, and stops when nobody does', async () => {
  const cache = await open();
  const digest = source.add(bytesOf('x', 100));
  const opened = Promise.withResolvers<void>();
  source.gate = opened.promise;
  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [cache.ensure(digest, 1_000, first.signal), cache.ensure(digest, 1_000, second.signal)];
  first.abort();
  opened.resolve();
  expect(await Promise.all(answers)).toEqual([OK, OK]);
  const other = source.add(bytesOf('y', 100));
  const closed = Promise.withResolvers<void>();
  source.gate = closed.promise;
  const abandoned = cache.ensure(other, 1_000, second.signal);
  second.abort();
  closed.resolve();
  expect(await abandoned).toMatchObject({ kind: 'unavailable' });
});

test('[WK14] an output is put on disk under its name and held by its lease', async () => {
  const cache = await open(50);
  const digest = await cache.put('lease', bytesOf('x', 100));
  expect(digest).toBe(digestOf(bytesOf('x', 100)));
  expect(await cache.put('lease', bytesOf('x', 100))).toBe(digest);
  expect(await filesLeft()).toHaveLength(1);
});
