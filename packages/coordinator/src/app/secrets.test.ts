import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyPair, tokenHashOf, verifyTask } from '@manyhands/identity';
import { certificateSchema } from '@manyhands/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { ensureLocalAuthor } from './local-author.ts';
import { openProjectSecrets } from './project-secrets.ts';

const NOW = 1_700_000_000_000;
const YEAR_MS = 365 * 24 * 3_600_000;
let folder: DataFolder;
beforeEach(async () => {
  folder = await openDataFolder(await mkdtemp(join(tmpdir(), 'manyhands-secrets-')));
});
afterEach(() => rm(folder.path, { recursive: true }));

const textOf = (path: string) => readFile(path, 'utf8');

test('[SV2] a second start finds the project of the first', async () => {
  const first = await openProjectSecrets(folder);
  expect(await openProjectSecrets(folder)).toMatchObject({ publicKey: first.publicKey, adminTokenHash: first.adminTokenHash });
  expect(tokenHashOf((await textOf(folder.adminToken)).trim())).toBe(first.adminTokenHash);
});

test('[SV2] secrets are for their owner’s eyes only', async () => {
  const secrets = await openProjectSecrets(folder);
  await ensureLocalAuthor({ path: folder.author, url: 'http://x', secrets, authors: [], coordinator: new FakeCoordinator(), now: NOW });
  for (const path of [folder.projectKey, folder.adminToken, folder.author]) expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each([
  ['no JSON', '{'],
  ['another object', '{"publicKey":"x"}'],
  ['halves that do not belong together', JSON.stringify({ ...createKeyPair(), publicKey: createKeyPair().publicKey })],
])('[SV2] a damaged project key is refused and left as it is: %s', async (_what, text) => {
  await writeFile(folder.projectKey, text);
  await expect(openProjectSecrets(folder)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('backup') });
  expect(await textOf(folder.projectKey)).toBe(text);
});

async function introduce(coordinator: FakeCoordinator, changes: { url?: string; now?: number } = {}) {
  const secrets = await openProjectSecrets(folder);
  const authors = await coordinator.store.authors();
  await ensureLocalAuthor({ path: folder.author, url: 'http://127.0.0.1:1', secrets, authors, coordinator, now: NOW, ...changes });
  return JSON.parse(await textOf(folder.author));
}

test('[SV3] the first author is known to the engine by the hash of the token in the file, once', async () => {
  const coordinator = new FakeCoordinator();
  const file = await introduce(coordinator);
  expect(await introduce(coordinator, { url: 'http://127.0.0.1:2' })).toEqual({ ...file, url: 'http://127.0.0.1:2' });
  expect(await coordinator.store.authors()).toMatchObject([
    { name: file.author, key: file.keyPair.publicKey, tokenHash: tokenHashOf(file.token) },
  ]);
});

test('[SV3] an author made by a start that was killed before it told the engine is told by the next', async () => {
  const file = await introduce(new FakeCoordinator());
  const coordinator = new FakeCoordinator();
  await introduce(coordinator);
  expect(await coordinator.store.authors()).toMatchObject([{ tokenHash: tokenHashOf(file.token) }]);
});

test('[SV3] a revoked author stays revoked', async () => {
  const coordinator = new FakeCoordinator();
  const { author } = await introduce(coordinator);
  await coordinator.revokeAuthor(author);
  await introduce(coordinator);
  expect(await coordinator.store.authors()).toMatchObject([{ revokedAt: expect.any(Number) }]);
});

test('[SV3] the certificate is the project key’s word, and is renewed before it ends', async () => {
  const coordinator = new FakeCoordinator();
  const { publicKey } = await openProjectSecrets(folder);
  const first = await introduce(coordinator);
  const manifestless = { manifest: { text: '{}', signature: 'x' }, certificate: first.certificate };
  expect(verifyTask(manifestless, publicKey, NOW)).toMatchObject({ reason: 'the manifest is not signed by the certified author' });
  expect((await introduce(coordinator, { now: NOW + YEAR_MS / 2 })).certificate).toEqual(first.certificate);
  const late = await introduce(coordinator, { now: NOW + YEAR_MS - 1 });
  expect(certificateSchema.parse(JSON.parse(late.certificate.text)).expiresAt).toBe(NOW + 2 * YEAR_MS - 1);
});

/** As an operator does who keeps the private half elsewhere. */
async function takeKeyAway(): Promise<void> {
  const { publicKey } = JSON.parse(await textOf(folder.projectKey)) as { publicKey: string };
  await writeFile(folder.projectKey, JSON.stringify({ publicKey }));
}

test('[SV13] with the public half alone the project is the same, and nobody is certified', async () => {
  const { publicKey } = await openProjectSecrets(folder);
  await takeKeyAway();
  const secrets = await openProjectSecrets(folder);
  expect(secrets.publicKey).toBe(publicKey);
  expect(secrets.certify({ name: 'ada', key: createKeyPair().publicKey }, NOW)).toBeNull();
  expect(await textOf(folder.projectKey)).toBe(JSON.stringify({ publicKey }));
});

test('[SV13] then an author file that is there goes on as it is, and a missing one is not made', async () => {
  const coordinator = new FakeCoordinator();
  const file = await introduce(coordinator);
  await takeKeyAway();
  expect(await introduce(coordinator, { now: NOW + YEAR_MS })).toEqual(file);
  await rm(folder.author);
  const strangers = new FakeCoordinator();
  await expect(introduce(strangers)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await strangers.store.authors()).toEqual([]);
});

test('[SV2] a damaged author file is refused', async () => {
  await introduce(new FakeCoordinator());
  await writeFile(folder.author, '{"url":1}');
  await expect(introduce(new FakeCoordinator())).rejects.toMatchObject({ code: 'damaged' });
});
