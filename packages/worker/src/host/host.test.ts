import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyPair } from '@manyhands/identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { taskId } from '../../test/builders.ts';
import { FakeProject } from '../../test/fake-project.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { openDataFolder } from './data-folder.ts';
import { createFileTaskShelf } from './file-task-shelf.ts';
import { fingerprintWords } from './fingerprint.ts';
import { openIdentity } from './identity-files.ts';
import { readMembership, writeMembership } from './membership.ts';
import { createPinnedVerifier } from './pinned-verifier.ts';
import { parseProjectUrl, workerSocketUrl } from './project-url.ts';
import { systemClock } from './system-clock.ts';

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
beforeEach(async () => {
  folder = await openTemporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('[WK41] keys and secrets are made once, kept, and their owner’s alone', async () => {
  const data = await openDataFolder(join(folder.path, 'data'));
  const identity = await openIdentity(data);
  expect(await openIdentity(data)).toEqual(identity);
  expect([await modeOf(data.root), await modeOf(data.hostKey), await modeOf(data.accountSecret)]).toEqual([0o700, 0o600, 0o600]);
});

test('a damaged key file is not replaced behind the volunteer’s back', async () => {
  const data = await openDataFolder(folder.path);
  await writeFile(data.hostKey, '{"publicKey":"half');
  await expect(openIdentity(data)).rejects.toMatchObject({ code: 'data-folder', message: expect.stringContaining('is damaged') });
});

test('a folder that cannot be used is named, with the reason', async () => {
  await writeFile(join(folder.path, 'file'), '');
  await expect(openDataFolder(join(folder.path, 'file', 'data'))).rejects.toMatchObject({
    code: 'data-folder',
    message: expect.stringContaining('ENOTDIR'),
  });
  const locked = join(folder.path, 'locked');
  await mkdir(join(locked, 'tasks'), { recursive: true });
  await chmod(locked, 0o500);
  // The superuser may write anywhere; for him there is nothing to refuse.
  if (process.getuid?.() !== 0) await expect(openDataFolder(locked)).rejects.toMatchObject({ code: 'data-folder' });
});

test('[WK1] consent is read back whole or not at all', async () => {
  const data = await openDataFolder(folder.path);
  expect(await readMembership(data)).toBeNull();
  const membership = {
    format: 1 as const,
    url: 'https://grid.example.org/',
    projectName: 'Echoes',
    projectKey: createKeyPair().publicKey,
    pinnedBy: 'link' as const,
    consentedAt: 5,
  };
  await writeMembership(data, membership);
  expect(await readMembership(data)).toEqual(membership);
  await writeFile(data.membership, (await readFile(data.membership, 'utf8')).slice(0, 40));
  await expect(readMembership(data)).rejects.toMatchObject({ code: 'data-folder' });
});

test('[WK42] a key as six words that can be said, different for different keys', () => {
  const [key, other] = [createKeyPair().publicKey, createKeyPair().publicKey];
  expect(fingerprintWords(key)).toMatch(/^([a-z]{5}-){5}[a-z]{5}$/);
  expect(fingerprintWords(key)).toBe(fingerprintWords(key));
  expect(fingerprintWords(key)).not.toBe(fingerprintWords(other));
  expect(fingerprintWords('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).toBe('busab-lavaj-rirun-tiful-vupuf-lifak');
});

test('[WK42] the key of a link is in its fragment, and has to be whole', () => {
  const { publicKey } = createKeyPair();
  const { base, key } = parseProjectUrl(`https://grid.example.org/seti?utm=1#key=${publicKey}`, false);
  expect([base.href, key]).toEqual(['https://grid.example.org/seti/', publicKey]);
  expect(parseProjectUrl('https://grid.example.org', false).key).toBeNull();
  expect(() => parseProjectUrl('https://grid.example.org/#key=half', false)).toThrow('43 characters');
  for (const text of ['', 'grid.example.org', 'ftp://grid.example.org'])
    expect(() => parseProjectUrl(text, false)).toThrow('no address of a project');
});

test('[WK44] plain HTTP only to this machine, its own network, or where it was allowed', () => {
  for (const near of [
    'localhost:7400',
    '127.0.0.1',
    '[::1]:80',
    '10.1.2.3',
    '192.168.0.5',
    '172.20.0.1',
    'coordinator',
    'lab.local',
    '[fd00::1]',
  ])
    expect(parseProjectUrl(`http://${near}/`, false).base.protocol).toBe('http:');
  for (const far of ['grid.example.org', '8.8.8.8', '172.40.0.1', '[2001:db8::1]'])
    expect(() => parseProjectUrl(`http://${far}/`, false)).toThrow('--allow-plain-http');
  expect(parseProjectUrl('http://grid.example.org/', true).base.host).toBe('grid.example.org');
});

test('the socket’s address follows from the project’s', () => {
  expect(workerSocketUrl(new URL('https://x.org/seti/')).href).toBe('wss://x.org/seti/v1/worker');
  expect(workerSocketUrl(new URL('http://localhost:7400/')).href).toBe('ws://localhost:7400/v1/worker');
});

test('[WK5] a stored task is read back as it was signed; a damaged one is not there', async () => {
  const project = new FakeProject();
  const id = project.publish('return 1;');
  const shelf = createFileTaskShelf(folder.path);
  expect(await shelf.find(id)).toBeNull();
  await shelf.store(id, project.tasks.get(id) as never);
  expect(await shelf.find(id)).toEqual(project.tasks.get(id));
  await writeFile(join(folder.path, `${id.slice(7)}.json`), '{');
  expect(await shelf.find(id)).toBeNull();
});

test('[WK3] a chain is trusted only whole, in time, and under the name that was asked for', () => {
  const project = new FakeProject();
  const clock = { ...systemClock, now: () => Date.now() };
  const verify = createPinnedVerifier(project.key.publicKey, clock);
  const id = project.publish('return 1;');
  const signed = project.tasks.get(id);
  if (signed === undefined) throw new Error('not published');
  expect(verify(id, signed)).toMatchObject({ ok: true, task: { id, author: 'ada', manifest: { name: 'echo' } } });
  expect(verify(taskId(1), signed)).toMatchObject({ ok: false, reason: expect.stringContaining('another task') });
  const forged = project.publish('return 2;', { certifier: createKeyPair() });
  expect(verify(forged, project.tasks.get(forged) as never)).toMatchObject({ ok: false, reason: expect.stringContaining('project key') });
  const expired = project.publish('return 3;', { expiresAt: Date.now() - 3 * 24 * 3_600_000 });
  expect(verify(expired, project.tasks.get(expired) as never)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('not valid at this time'),
  });
  const text = signed.manifest.text.replace('Says', 'Sold');
  expect(verify(id, { ...signed, manifest: { ...signed.manifest, text } })).toMatchObject({ ok: false });
});
