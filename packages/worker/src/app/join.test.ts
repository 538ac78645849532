import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyPair } from '@manyhands/identity';
import { expect } from 'vitest';
import { test as withCoordinator } from '../../test/with-coordinator.ts';
import { fingerprintWords } from '../host/fingerprint.ts';
import { type JoinOffer, prepareJoin } from './join.ts';
import { startWorker } from './worker.ts';

const test = withCoordinator.extend<{ offer: (url?: string) => Promise<JoinOffer> }>({
  offer: ({ folder, coordinator }, use) => use((url = coordinator.url) => prepareJoin({ url, dataDir: folder.path, threads: 3 })),
});

test('[WK42] an offer says who, what, and what it may use; the key as words', async ({ coordinator, offer }) => {
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

test('[WK1] an offer that nobody confirmed leaves no consent and no keys behind, and no worker starts on it', async ({
  folder,
  coordinator,
  offer,
}) => {
  await offer();
  expect(await readdir(folder.path)).toEqual(['tasks']);
  await expect(startWorker({ dataDir: folder.path })).rejects.toMatchObject({ code: 'not-joined', exitCode: 77 });
  expect(coordinator.heard).toEqual([]);
  await (await offer()).confirm();
  expect((await readdir(folder.path)).sort()).toEqual(['account-secret', 'host-key.json', 'project.json', 'tasks']);
});

test('[WK42] the link’s key decides, then the pinned one', async ({ coordinator, offer }) => {
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

test('[WK43] a coordinator that does not answer, or is none, fails the join with what to do next', async ({
  folder,
  coordinator,
  offer,
}) => {
  coordinator.intercept = (_request, response) => {
    response.writeHead(200).end('<html>');
    return true;
  };
  await expect(offer()).rejects.toMatchObject({ code: 'unreachable', exitCode: 69 });
  await coordinator[Symbol.asyncDispose]();
  await expect(offer()).rejects.toMatchObject({ code: 'unreachable', message: expect.stringMatching(/ECONNREFUSED.*try again/) });
  expect(await readdir(join(folder.path, 'tasks'))).toEqual([]);
});

test('a coordinator of another time is refused before anybody is asked', async ({ coordinator, offer }) => {
  coordinator.protocol = { oldest: 98, newest: 99 };
  await expect(offer()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('Update') });
});
