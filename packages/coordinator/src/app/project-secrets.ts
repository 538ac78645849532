/**
 * The secrets of a project, made at the first start and read ever after:
 * project-key.json names the project and signs authors, admin-token opens the operator's routes.
 * The private half of the key may be kept elsewhere: then whoever takes this machine can sign nothing (SV13, G6).
 */
import { readFile } from 'node:fs/promises';
import { createKeyPair, createSecret, issueCertificate, type KeyPair, signText, tokenHashOf, verifyText } from '@manyhands/identity';
import { publicKeySchema, type SignedText } from '@manyhands/protocol';
import * as z from 'zod';
import { AppError } from './app-error.ts';
import { type DataFolder, writeSecret } from './data-folder.ts';

const projectKeySchema = z.strictObject({ publicKey: publicKeySchema, privateKey: publicKeySchema.optional() });
const CERTIFICATE_MS = 365 * 24 * 3_600_000;

export interface ProjectSecrets {
  readonly publicKey: string;
  readonly adminTokenHash: string;
  /** Says with the project key that this author may publish tasks, for a year from `now`. null: its private half is not here. */
  certify(author: { name: string; key: string }, now: number): SignedText | null;
}

/** Throws AppError `damaged`. */
export async function openProjectSecrets(folder: DataFolder): Promise<ProjectSecrets> {
  const { publicKey, privateKey } = await openProjectKey(folder.projectKey);
  const token = (await readIfThere(folder.adminToken))?.trim() || (await createAdminToken(folder.adminToken));
  return {
    publicKey,
    adminTokenHash: tokenHashOf(token),
    certify({ name, key }, now) {
      if (privateKey === undefined) return null;
      const terms = {
        format: 1,
        projectKey: publicKey,
        authorKey: key,
        author: name,
        issuedAt: now,
        expiresAt: now + CERTIFICATE_MS,
      } as const;
      return issueCertificate(terms, { publicKey, privateKey });
    },
  };
}

type ProjectKey = z.infer<typeof projectKeySchema>;

async function openProjectKey(path: string): Promise<ProjectKey> {
  const text = await readIfThere(path);
  if (text !== null) return parseProjectKey(path, text);
  const keyPair = createKeyPair();
  await writeSecret(path, `${JSON.stringify(keyPair, null, 2)}\n`);
  return keyPair;
}

async function createAdminToken(path: string): Promise<string> {
  const token = createSecret();
  await writeSecret(path, `${token}\n`);
  return token;
}

function parseProjectKey(path: string, text: string): ProjectKey {
  try {
    const key = projectKeySchema.parse(JSON.parse(text));
    if (key.privateKey === undefined || belongTogether({ ...key, privateKey: key.privateKey })) return key;
  } catch (error) {
    throw damagedKey(path, error);
  }
  throw damagedKey(path);
}

const belongTogether = (pair: KeyPair): boolean => verifyText('certificate', '', signText('certificate', '', pair), pair.publicKey);

const damagedKey = (path: string, cause?: unknown): AppError =>
  new AppError(
    'damaged',
    `${path} does not hold a project key. Every volunteer has pinned this key, so put it back from a backup; a new key is a new project.`,
    cause,
  );

/** null: there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
