import { createKeyPair, signTask } from '@manyhands/identity';
import { taskViewSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';

test('[HT6] a task whose chain holds is published, and again without harm', async () => {
  await using bench = await new HttpBench().open();
  const { id, signed } = bench.signed();
  for (let i = 0; i < 2; i++) {
    const answer = await bench.post('/v1/tasks', signed);
    expect([answer.status, taskViewSchema.parse(answer.json())]).toMatchObject([201, { id, author: 'ada', manifest: { name: 'collatz' } }]);
  }
  expect((await bench.ask('GET', '/v1/tasks')).json<{ tasks: unknown[] }>().tasks).toHaveLength(1);
});

test('[HT7] a worker gets the texts as the author signed them', async () => {
  await using bench = await new HttpBench().open();
  const { id, signed } = bench.signed();
  await bench.post('/v1/tasks', signed);
  for (const name of [id, encodeURIComponent(id)]) {
    expect((await bench.ask('GET', `/v1/tasks/${name}`)).json()).toMatchObject({ view: { id }, signed });
  }
  expect((await bench.ask('GET', `/v1/tasks/sha256:${'1'.repeat(64)}`)).code).toBe('not-found');
});

const broken: [string, (bench: HttpBench) => unknown, RegExp][] = [
  [
    'a certificate by another key',
    (bench) => bench.signed(bench.manifest(), bench.authorKey, bench.certificate({}, createKeyPair())).signed,
    /not signed by the project key/,
  ],
  [
    'a certificate that has expired',
    (bench) => bench.signed(bench.manifest(), bench.authorKey, bench.certificate({ expiresAt: 1 })).signed,
    /not valid at this time/,
  ],
  [
    'a manifest signed by another author',
    (bench) => bench.signed(bench.manifest(), createKeyPair()).signed,
    /not signed by the certified author/,
  ],
  [
    'the certificate of somebody else',
    (bench) => bench.signed(bench.manifest(), bench.authorKey, bench.certificate({ author: 'eve' })).signed,
    /certificate is for eve/,
  ],
  [
    'a certified key that is not the registered one',
    (bench) => {
      const other = createKeyPair();
      return signTask(bench.manifest(), other, bench.certificate({ authorKey: other.publicKey })).signed;
    },
    /another key than the one registered/,
  ],
  [
    'a bundle that is not stored',
    (bench) => bench.signed(bench.manifest({ bundle: `sha256:${'5'.repeat(64)}` as never })).signed,
    /bundle is not stored/,
  ],
  ['a bundle of another size', (bench) => bench.signed(bench.manifest({ bundleBytes: 5 })).signed, /manifest says 5/],
  [
    'a manifest changed after it was signed',
    (bench) => {
      const { signed } = bench.signed();
      return { ...signed, manifest: { ...signed.manifest, text: signed.manifest.text.replace('1.0.0', '1.0.1') } };
    },
    /not signed by the certified author/,
  ],
];

test.each(broken)('[HT6] refused, naming the link: %s', async (_what, sign, message) => {
  await using bench = await new HttpBench().open();
  const answer = await bench.post('/v1/tasks', sign(bench));
  expect([answer.status, answer.code]).toEqual([422, 'untrusted-task']);
  expect(answer.message).toMatch(message);
  expect((await bench.ask('GET', '/v1/tasks')).json()).toEqual({ tasks: [] });
  expect(bench.events[0]).toMatch(/^refused ada/);
});
