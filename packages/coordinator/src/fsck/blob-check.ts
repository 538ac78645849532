/** I38: the blobs that are referred to are there, and hold the bytes they are named after. */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Digester } from '@manyhands/identity';
import { type Digest, digestSchema, type Payload } from '@manyhands/protocol';
import { blobPath } from '../blobs/fs-blob-store.ts';
import type { Violation } from '../domain/invariants.ts';

/** null: it is there, and as large as it should be. */
export function blobViolation(folder: string, { blob, bytes }: Exclude<Payload, string>, subject: string): Violation | null {
  const { size } = statSync(blobPath(folder, blob), { throwIfNoEntry: false }) ?? { size: null };
  if (size === bytes) return null;
  const what = size === null ? 'is not there' : `has ${size} bytes instead of ${bytes}`;
  return { rule: 'I38', subject, message: `blob ${blob} ${what}` };
}

/** All blobs in the folder, in no order that means anything. */
export function* blobsIn(folder: string): Generator<{ readonly digest: Digest; readonly path: string }> {
  const named = join(folder, 'sha256');
  if (!existsSync(named)) return;
  for (const shelf of readdirSync(named)) {
    for (const hex of readdirSync(join(named, shelf))) {
      const digest = digestSchema.safeParse(`sha256:${hex}`);
      if (digest.success) yield { digest: digest.data, path: join(named, shelf, hex) };
    }
  }
}

/** null: the file holds what it is named after. */
export function contentViolation({ digest, path }: { readonly digest: Digest; readonly path: string }): Violation | null {
  return digestOfFile(path) === digest ? null : rotten(digest);
}

export const rotten = (digest: Digest): Violation => ({
  rule: 'I38',
  subject: `blob ${digest}`,
  message: 'it does not hold the bytes it is named after',
});

function digestOfFile(path: string): Digest {
  const digester = new Digester();
  const buffer = Buffer.allocUnsafe(2 ** 20);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) digester.update(buffer.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return digester.digest();
}
