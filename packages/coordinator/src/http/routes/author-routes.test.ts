import { createKeyPair, signTask } from '@manyhands/identity';
import type { SignedText } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';

const key = createKeyPair();
interface Registration {
  author: string;
  token: string;
  certificate: SignedText;
}

test('[HT20] an added author can publish; a revoked one cannot, at once', async () => {
  await using bench = await new HttpBench().open();
  const added = await bench.post('/v1/authors', { name: 'Grace Hopper', key: key.publicKey }, bench.adminToken);
  const { author, token, certificate } = added.json<Registration>();
  expect([added.status, author]).toEqual([201, 'Grace Hopper']);
  const publish = () => bench.post('/v1/tasks', signTask(bench.manifest(), key, certificate).signed, token);
  expect((await publish()).status).toBe(201);
  const revoked = await bench.ask('DELETE', '/v1/authors/Grace%20Hopper', { token: bench.adminToken });
  expect(revoked.json()).toMatchObject({ author: 'Grace Hopper', revokedAt: expect.any(Number) });
  expect(await publish()).toMatchObject({ status: 401, code: 'unauthorized', message: expect.stringContaining('revoked') });
});

test('[SV13] [HT20] where the project key is kept elsewhere nobody is added, in words', async () => {
  await using bench = await new HttpBench().open();
  bench.hasKey = false;
  const refused = await bench.post('/v1/authors', { name: 'grace', key: key.publicKey }, bench.adminToken);
  expect(refused).toMatchObject({ status: 403, code: 'forbidden', message: expect.stringContaining('project-key.json') });
  expect((await bench.coordinator.store.authors()).map(({ name }) => name)).toEqual(['ada']);
});

test('[HT20] tokens are not kept, nor shown again', async () => {
  await using bench = await new HttpBench().open();
  const { token } = (await bench.post('/v1/authors', { name: 'grace', key: key.publicKey }, bench.adminToken)).json<Registration>();
  const listed = await bench.ask('GET', '/v1/authors', { token: bench.adminToken });
  expect(listed.json<{ authors: { name: string }[] }>().authors.map(({ name }) => name)).toEqual(['ada', 'grace']);
  expect(listed.text).not.toMatch(/token/i);
  expect(JSON.stringify(await bench.coordinator.store.authors())).not.toContain(token);
});

test('[HT20] a second author of one name is a conflict, revoking nobody is not-found', async () => {
  await using bench = await new HttpBench().open();
  expect((await bench.post('/v1/authors', { name: 'ada', key: key.publicKey }, bench.adminToken)).code).toBe('conflict');
  expect((await bench.ask('DELETE', '/v1/authors/nobody', { token: bench.adminToken })).code).toBe('not-found');
});

test.each(['', ' ada', 'ada ', '<b>', 'a/b', 'a\u202eb', 'x'.repeat(65), 'e\u0301'])('[HT2] the name %j is refused', async (name) => {
  await using bench = await new HttpBench().open();
  expect((await bench.post('/v1/authors', { name, key: key.publicKey }, bench.adminToken)).code).toBe('bad-request');
});

test.each(['x', 'é', '数学 研究所', 'O.-_k', 'x'.repeat(64)])('[HT20] the name %j is taken', async (name) => {
  await using bench = await new HttpBench().open();
  expect((await bench.post('/v1/authors', { name, key: key.publicKey }, bench.adminToken)).status).toBe(201);
});
