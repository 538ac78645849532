import { expect, test } from 'vitest';
import { ACCOUNT, DIGEST, HOST, JOB, TASK } from '../../test/sample-messages.ts';
import { type EvidenceLine, evidenceLineSchema } from './evidence-api.ts';
import { unitViewSchema } from './unit-api.ts';

const held = { no: 0, host: HOST, account: ACCOUNT, leasedAt: 1 };
const verify = { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'exact' } } as const;
const grounds = { kind: 'odds', phi: 0.01, members: [{ no: 0, checks: 3 }] } as const;
const replicas = [
  { kind: 'judged', ...held, digest: DIGEST, returnedAt: 2, valid: true, isChecked: true, credited: 7, speed: 1.5, engine: 'v8' },
  { kind: 'lost', ...held, no: 1, cause: 'errored', error: 'thrown', lateDigest: DIGEST },
  { kind: 'leased', ...held, no: 2, deadlineAt: 9 },
  { kind: 'returned', ...held, no: 3, digest: DIGEST, returnedAt: 2 },
  { kind: 'ready', no: 4 },
] as const;
const final = { kind: 'final', digest: DIGEST, at: 2, grounds } as const;

const lines: EvidenceLine[] = [
  {
    type: 'job',
    format: 1,
    job: JOB,
    task: TASK,
    title: 'Chains',
    author: 'Ada',
    verify,
    policyVersion: 1,
    maxReplicas: 10,
    maxErrors: 3,
    state: 'closed',
    endedAt: null,
    unitCount: 1,
    finalUnits: 1,
  },
  {
    type: 'unit',
    index: 0,
    state: final,
    replicas,
    truth: null,
    comparisons: [[DIGEST, DIGEST, true]],
    retractions: [{ reason: 'refuted', digest: DIGEST, finalAt: 2, at: 3, grounds, canaries: [3] }],
    results: [
      { no: 0, late: false, receivedAt: 2, body: { kind: 'ok', digest: DIGEST } },
      { no: 1, late: true, receivedAt: 3, body: { kind: 'error', error: 'thrown', message: 'no' } },
    ],
  },
  { type: 'end' },
  { type: 'output', index: 0, output: { blob: DIGEST, bytes: 7 } },
  { type: 'outputs-end' },
];

test.each(lines)('[PR11] evidence of type $type that gained a field is still understood, and one that lost a field is not', (line) => {
  expect(evidenceLineSchema.parse({ ...line, fromTheFuture: 1 })).toEqual(line);
  for (const key of Object.keys(line).filter((name) => !['truth', 'comparisons', 'retractions'].includes(name)))
    expect(evidenceLineSchema.safeParse({ ...line, [key]: undefined }).success, key).toBe(false);
});

test('[PR11] so is a unit with its story', () => {
  const by = { no: 0, host: HOST, account: ACCOUNT };
  const body = { kind: 'ok', digest: DIGEST, output: '1' } as const;
  const view = {
    id: `${JOB}/0`,
    job: JOB,
    index: 0,
    title: 'Chains',
    verify,
    input: '0',
    state: final,
    replicas,
    evidence: [{ ...by, receivedAt: 2, elapsedMs: 1.5, late: false, body }],
    story: [
      { kind: 'handed-out', at: 1, ...by, purpose: 'work' },
      { kind: 'answered', at: 2, ...by, answer: 'A', digest: DIGEST, late: false },
      { kind: 'final', at: 2, answer: 'A', reason: { kind: 'odds', odds: 1e-5, wrongIn: 1_000, members: grounds.members } },
      { kind: 'believed', at: 2, ...by, answer: 'A', credit: 0.1 },
      { kind: 'retracted', at: 3, answer: 'A', why: 'convicted' },
    ],
    names: { [ACCOUNT]: 'Ada' },
  };
  expect(unitViewSchema.parse({ ...view, fromTheFuture: 1 })).toEqual(view);
  for (const key of Object.keys(view)) expect(unitViewSchema.safeParse({ ...view, [key]: undefined }).success, key).toBe(false);
});
