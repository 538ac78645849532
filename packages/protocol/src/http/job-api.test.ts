import { expect, test } from 'vitest';
import { editsOf } from '../../test/one-edit-away.ts';
import { ACCOUNT, DIGEST, HOST, JOB, KEY, SIGNATURE, TASK } from '../../test/sample-messages.ts';
import { certificateSchema, type TaskManifest, taskManifestSchema } from '../manifest.ts';
import { createJobSchema, inputSourceSchema, jobViewSchema, publishTaskSchema, resultRowSchema } from './job-api.ts';
import { jobMapSchema, projectViewSchema, statsViewSchema } from './project-api.ts';

const manifest = {
  format: 1,
  name: 'collatz',
  version: '1.0.0-rc.1',
  title: 'Longest Collatz chains',
  license: 'MIT',
  bundle: DIGEST,
  bundleBytes: 1_000,
  limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 },
  verify: { kind: 'quorum', k: 2, agree: { kind: 'exact' } },
  math: 'deterministic',
} satisfies TaskManifest;
const signed = { text: '{}', signature: SIGNATURE };

const sent = [
  ['a signed task', publishTaskSchema, { manifest: signed, certificate: signed }],
  ['a manifest', taskManifestSchema, manifest],
  ['a manifest with proof', taskManifestSchema, { ...manifest, verify: { kind: 'proof' } }],
  ['a certificate', certificateSchema, { format: 1, projectKey: KEY, authorKey: KEY, author: 'Ada', issuedAt: 1, expiresAt: 2 }],
  ['a stream', inputSourceSchema, { kind: 'stream' }],
  ['a range', inputSourceSchema, { kind: 'range', from: -5, to: 10, step: 3 }],
  ['an index', inputSourceSchema, { kind: 'index', count: 5 }],
  [
    'a job',
    createJobSchema,
    { task: TASK, title: 'Tones', key: 'once-only', inputs: { kind: 'index', count: 5 }, priority: 1, leaseMs: 60_000 },
  ],
] as const;

test.each(sent)('[PR11] %s is accepted unchanged, and refused one edit away', (name, schema, example) => {
  expect(schema.parse(example)).toEqual(example);
  const accepted = editsOf(example).filter(({ edited }) => schema.safeParse(edited).success);
  // These two have defaults.
  expect(accepted.map((edit) => edit.name)).toEqual(name === 'a job' ? ['without message.priority', 'without message.leaseMs'] : []);
});

test.each([
  ['a name with capitals', { ...manifest, name: 'Collatz' }],
  ['a version of two numbers', { ...manifest, version: '1.0' }],
  ['an address that is no web page', { ...manifest, url: 'javascript:alert(1)' }],
  ['an address without end', { ...manifest, url: `https://example.org/${'x'.repeat(500)}` }],
  ['a bundle beyond the limit', { ...manifest, bundleBytes: 8 * 1024 * 1024 + 1 }],
  ['a quorum of none', { ...manifest, verify: { ...manifest.verify, k: 0 } }],
  ['a quorum of six', { ...manifest, verify: { ...manifest.verify, k: 6 } }],
  ['another format', { ...manifest, format: 2 }],
])('[PR11] a manifest with %s is refused', (_, edited) => {
  expect(taskManifestSchema.safeParse(edited).success).toBe(false);
});

test('[PR11] a job that leaves out what has a default gets it', () => {
  const job = { task: TASK, title: 'Tones', key: 'once-only', inputs: { kind: 'stream' } };
  expect(createJobSchema.parse(job)).toEqual({ ...job, priority: 0, leaseMs: 120_000 });
  expect(createJobSchema.safeParse({ ...job, inputs: { kind: 'range', from: 0, to: 9, step: 0 } }).success).toBe(false);
});

const units = { total: 3, waiting: 0, running: 0, verifying: 0, provisional: 0, final: 2, failed: 1, cancelled: 0 };
const job = {
  id: JOB,
  task: TASK,
  taskName: 'collatz',
  title: 'Chains',
  author: 'Ada',
  state: 'done',
  verify: manifest.verify,
  createdAt: 1,
  finishedAt: 2,
  units,
  resultsPerUnit: null,
  unitsPerSecond: 0,
  remainingMs: null,
  hosts: 2,
};
const answered = [
  ['a job', jobViewSchema, job],
  [
    'a result',
    resultRowSchema,
    {
      cursor: '7',
      index: 0,
      input: '1',
      status: 'ok',
      output: '2',
      verifiedBy: [{ host: HOST, account: ACCOUNT, name: null }],
      replicas: 2,
      endedAt: 9,
    },
  ],
  [
    'a failure',
    resultRowSchema,
    {
      cursor: '7',
      index: 0,
      input: '1',
      status: 'failed',
      error: { kind: 'no-consensus', message: 'why' },
      verifiedBy: [],
      replicas: 10,
      endedAt: 9,
    },
  ],
  [
    'figures',
    statsViewSchema,
    {
      asOf: 1,
      project: 'Grid',
      hostsOnline: 1,
      coresOnline: 2,
      hostsEver: 3,
      accountsEver: 3,
      unitsPerSecond: 0.5,
      finalUnits: 9,
      throughput: [0, 1.5],
      leaders: [{ account: ACCOUNT, name: null, team: null, credit: 0.1, recentCredit: 0.01, validResults: 1 }],
      teams: [{ team: 'Night shift', accounts: 2, credit: 0.1, recentCredit: 0.01, validResults: 1 }],
      jobs: [job],
    },
  ],
  [
    'a project',
    projectViewSchema,
    {
      name: 'Grid',
      description: '',
      operator: 'Ada',
      projectKey: KEY,
      software: 'x',
      protocol: { oldest: 1, newest: 1 },
      tasks: [{ id: TASK, manifest, author: 'Ada', publishedAt: 1 }],
    },
  ],
  ['a map', jobMapSchema, { unitsPerCell: 2, cells: [{ state: 'final', final: 2, total: 2, verifiedBy: ['Ada'] }] }],
] as const;

test.each(answered)('[PR11] %s that gained a field is still understood, and one that lost a field is not', (_, schema, example) => {
  expect(schema.parse({ ...example, fromTheFuture: 1 })).toEqual(example);
  const [first = ''] = Object.keys(example);
  expect(schema.safeParse({ ...example, [first]: undefined }).success).toBe(false);
});
