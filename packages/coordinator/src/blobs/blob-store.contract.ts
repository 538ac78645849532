/** What every blob store promises. The rules are in docs/spec/blobs.md. */
import { buffer } from 'node:stream/consumers';
import { digestOf } from '@manyhands/identity';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlobStore } from '../ports/blob-store.ts';

const text = (content: string) => Buffer.from(content);
const HELLO = text('hello, many hands');

export async function* pieces(bytes: Uint8Array, pieceBytes = 5): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

export function describeBlobStore(name: string, open: () => Promise<BlobStore>): void {
  describe(`${name} keeps the blob store's contract`, () => {
    test('[BL1] a blob is stored once under its digest and read back whole', async () => {
      const blobs = await open();
      const digest = digestOf(HELLO);
      expect(await blobs.put(digest, pieces(HELLO), 100)).toEqual({ kind: 'stored', bytes: HELLO.byteLength });
      expect(await blobs.size(digest)).toBe(HELLO.byteLength);
      expect(Buffer.from((await blobs.read(digest)) ?? [])).toEqual(HELLO);
      expect(await blobs.put(digest, pieces(HELLO), 100)).toEqual({ kind: 'stored', bytes: HELLO.byteLength });
    });

    test('[BL1] what is not here is null', async () => {
      const blobs = await open();
      const digest = digestOf('never stored');
      expect(await blobs.size(digest)).toBeNull();
      expect(await blobs.open(digest)).toBeNull();
      expect(await blobs.read(digest)).toBeNull();
    });

    test('[BL1] the empty blob is a blob', async () => {
      const blobs = await open();
      expect(await blobs.put(digestOf(''), pieces(text('')), 0)).toEqual({ kind: 'stored', bytes: 0 });
      expect(await blobs.size(digestOf(''))).toBe(0);
      expect((await blobs.read(digestOf('')))?.byteLength).toBe(0);
    });

    test('[BL2] bytes that do not match their name are refused and not kept', async () => {
      const blobs = await open();
      const digest = digestOf('something else');
      expect(await blobs.put(digest, pieces(HELLO), 100)).toEqual({ kind: 'digest-mismatch', actual: digestOf(HELLO) });
      expect(await blobs.size(digest)).toBeNull();
      expect(await blobs.size(digestOf(HELLO))).toBeNull();
    });

    test.each([
      [HELLO.byteLength - 1, 'too-large'],
      [HELLO.byteLength, 'stored'],
      [HELLO.byteLength + 1, 'stored'],
    ])('[BL3] with a limit of %i bytes a blob of 17 is %s', async (limitBytes, kind) => {
      const blobs = await open();
      expect((await blobs.put(digestOf(HELLO), pieces(HELLO), limitBytes)).kind).toBe(kind);
      expect(await blobs.size(digestOf(HELLO))).toBe(kind === 'stored' ? HELLO.byteLength : null);
    });

    test('[BL3] nothing is read beyond the limit', async () => {
      const blobs = await open();
      let read = 0;
      let released = false;
      async function* endless() {
        try {
          for (;;) {
            read += 10;
            yield Buffer.alloc(10);
          }
        } finally {
          released = true;
        }
      }
      expect(await blobs.put(digestOf(HELLO), endless(), 25)).toEqual({ kind: 'too-large' });
      expect(read).toBe(30);
      expect(released).toBe(true);
    });

    test('[BL4] an upload that breaks off leaves nothing', async () => {
      const blobs = await open();
      async function* broken() {
        yield HELLO;
        throw new Error('the peer hung up');
      }
      await expect(blobs.put(digestOf(HELLO), broken(), 100)).rejects.toThrow('the peer hung up');
      expect(await blobs.size(digestOf(HELLO))).toBeNull();
    });

    test('[BL5] any number of puts of one blob at once all succeed', async () => {
      const blobs = await open();
      const puts = Array.from({ length: 8 }, (_, i) => blobs.put(digestOf(HELLO), pieces(HELLO, i + 1), 100));
      expect(new Set((await Promise.all(puts)).map(({ kind }) => kind))).toEqual(new Set(['stored']));
      expect(Buffer.from((await blobs.read(digestOf(HELLO))) ?? [])).toEqual(HELLO);
    });

    test('[BL6] a range is its bytes, both ends included', async () => {
      const blobs = await open();
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 300 }),
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 1, max: 40 }),
          async (bytes, a, b, size) => {
            const digest = digestOf(bytes);
            await blobs.put(digest, pieces(bytes, size), 300);
            const [from, to] = [a % bytes.length, b % bytes.length].sort((x, y) => x - y) as [number, number];
            const [range, whole] = [await blobs.open(digest, { from, to }), await blobs.open(digest)];
            expect(range && (await buffer(range))).toEqual(Buffer.from(bytes.slice(from, to + 1)));
            expect(whole && (await buffer(whole))).toEqual(Buffer.from(bytes));
          },
        ),
        { numRuns: 30 },
      );
    });
  });
}
