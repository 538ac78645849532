/**
 * The secrets of a project, made at the first start and read ever after:
 * project-key.json names the project and signs authors, admin-token opens the operator's routes.
 */
import { readFile } from 'node:fs/promises';
import { createKeyPair, createSecret, issueCertificate, type KeyPair, signText, tokenHashOf, verifyText } from '@manyhands/identity';
import { publicKeySchema, type SignedText } from '@manyhands/protocol';
import * as z from 'zod';
import { AppError } from './app-error.ts';
import { type DataFolder, writeSecret } from './data-folder.ts';

const keyPairSchema = z.strictObject({ publicKey: publicKeySchema, privateKey: publicKeySchema });
const CERTIFICATE_MS = 365 * 24 * 3_600_000;

export interface ProjectSecrets {
  readonly publicKey: string;
  readonly adminTokenHash: string;
  /** Says with the project key that this author may publish tasks, for a year from `now`. */
  certify(author: { name: string; key: string }, now: number): SignedText;
}

/** Throws AppError `damaged`. */
export async function openProjectSecrets(folder: DataFolder): Promise<ProjectSecrets> {
  const keyPair = await openProjectKey(folder.projectKey);
  const token = (await readIfThere(folder.adminToken))?.trim() || (await createAdminToken(folder.adminToken));
  return {
    publicKey: keyPair.publicKey,
    adminTokenHash: tokenHashOf(token),
    certify: ({ name, key }, now) =>
      issueCertificate(
        { format: 1, projectKey: keyPair.publicKey, authorKey: key, author: name, issuedAt: now, expiresAt: now + CERTIFICATE_MS },
        keyPair,
      ),
  };
}

async function openProjectKey(path: string): Promise<KeyPair> {
  const text = await readIfThere(path);
  if (text !== null) return parseKeyPair(path, text);
  const keyPair = createKeyPair();
  await writeSecret(path, `${JSON.stringify(keyPair, null, 2)}\n`);
  return keyPair;
}

async function createAdminToken(path: string): Promise<string> {
  const token = createSecret();
  await writeSecret(path, `${token}\n`);
  return token;
}

function parseKeyPair(path: string, text: string): KeyPair {
  try {
    const keyPair = keyPairSchema.parse(JSON.parse(text));
    if (verifyText('certificate', '', signText('certificate', '', keyPair), keyPair.publicKey)) return keyPair;
  } catch (error) {
    throw damagedKey(path, error);
  }
  throw damagedKey(path);
}

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
