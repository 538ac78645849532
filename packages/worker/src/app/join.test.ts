import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyPair } from '@manyhands/identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { fingerprintWords } from '../host/fingerprint.ts';
import { prepareJoin } from './join.ts';
import { startWorker } from './worker.ts';

let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
let coordinator: FakeCoordinator;
beforeEach(async () => {
  folder = await openTemporaryFolder();
  coordinator = await FakeCoordinator.open();
});
afterEach(async () => {
  await coordinator[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const offer = (url = coordinator.url) => prepareJoin({ url, dataDir: folder.path, threads: 3 });

test('[WK42] an offer says who, what, and what it may use; the key as words', async () => {
  coordinator.project.publish('return input;', { manifest: { description: 'Echo.', url: 'https://example.org/' } });
  expect(await offer()).toMatchObject({
    url: coordinator.url,
    name: 'Echoes',
    operator: 'Ada Lovelace',
    fingerprint: fingerprintWords(coordinator.project.key.publicKey),
    pin: 'first-use',
    tasks: [{ title: 'Says what it heard', author: 'ada', license: 'MIT', memoryMB: 64, description: 'Echo.' }],
  });
  const { mayUse } = await offer();
  expect(mayUse[0]).toContain('3 units at a time');
  expect(mayUse[0]).toContain('64 MB');
});

test('[WK1] an offer that nobody confirmed leaves no consent and no keys behind, and no worker starts on it', async () => {
  await offer();
  expect(await readdir(folder.path)).toEqual(['tasks']);
  await expect(startWorker({ dataDir: folder.path })).rejects.toMatchObject({ code: 'not-joined', exitCode: 77 });
  expect(coordinator.heard).toEqual([]);
  await (await offer()).confirm();
  expect((await readdir(folder.path)).sort()).toEqual(['account-secret', 'host-key.json', 'project.json', 'tasks']);
});

test('[WK42] the link’s key decides, then the pinned one', async () => {
  const key = coordinator.project.key.publicKey;
  await expect(offer(`${coordinator.url}#key=${createKeyPair().publicKey}`)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('another key'),
  });
  const linked = await offer(`${coordinator.url}#key=${key}`);
  expect(linked.pin).toBe('link');
  expect(await linked.confirm()).toMatchObject({ projectKey: key, pinnedBy: 'link' });
  expect((await offer()).pin).toBe('known');
  coordinator.shownKey = createKeyPair().publicKey;
  await expect(offer()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('This data folder joined Echoes') });
});

test('[WK43] a coordinator that does not answer, or is none, fails the join with what to do next', async () => {
  coordinator.intercept = (_request, response) => {
    response.writeHead(200).end('<html>');
    return true;
  };
  await expect(offer()).rejects.toMatchObject({ code: 'unreachable', exitCode: 69 });
  await coordinator[Symbol.asyncDispose]();
  await expect(offer()).rejects.toMatchObject({ code: 'unreachable', message: expect.stringMatching(/ECONNREFUSED.*try again/) });
  expect(await readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('a coordinator of another time is refused before anybody is asked', async () => {
  coordinator.protocol = { oldest: 98, newest: 99 };
  await expect(offer()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('Update') });
});
