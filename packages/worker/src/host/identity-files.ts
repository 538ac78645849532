/** Who this machine is: made once, kept in the data folder, never shown. */
import { createKeyPair, createSecret, type KeyPair } from '@manyhands/identity';
import { publicKeySchema } from '@manyhands/protocol';
import * as z from 'zod';
import { WorkerError } from '../domain/worker-error.ts';
import type { DataFolder } from './data-folder.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

export interface Identity {
  readonly hostKey: KeyPair;
  readonly accountSecret: string;
}

/** Both are 32 bytes, base64url. */
const keyPairSchema = z.strictObject({ publicKey: publicKeySchema, privateKey: publicKeySchema });

/** Reads the host's key and the account's secret, or makes them at the first start. */
export async function openIdentity(folder: DataFolder): Promise<Identity> {
  const hostKey = await readOrMake(folder.hostKey, parseKeyPair, createKeyPair, (pair) => `${JSON.stringify(pair)}\n`);
  const accountSecret = await readOrMake(folder.accountSecret, parseSecret, createSecret, (secret) => `${secret}\n`);
  return { hostKey, accountSecret };
}

async function readOrMake<T>(path: string, parse: (text: string) => T, make: () => T, print: (value: T) => string): Promise<T> {
  const text = await readSmallFile(path);
  if (text === null) {
    const made = make();
    await writeSmallFile(path, print(made));
    return made;
  }
  try {
    return parse(text);
  } catch {
    throw new WorkerError(
      'data-folder',
      `${path} is damaged. Put back a copy, or delete it to go on under a new identity (past credit stays with the old one).`,
    );
  }
}

const parseKeyPair = (text: string): KeyPair => keyPairSchema.parse(JSON.parse(text));
const parseSecret = (text: string): string => publicKeySchema.parse(text.trim());
