import { describe, expect, test } from 'vitest';
import { editsOf } from '../test/one-edit-away.ts';
import { ACCOUNT, DIGEST, DOWNSTREAM, JOB, KEY, LEASE, UPSTREAM } from '../test/sample-messages.ts';
import { type Downstream, downstreamSchema } from './downstream.ts';
import { LIMITS } from './limits.ts';
import { type Upstream, upstreamSchema } from './upstream.ts';

const directions: { name: string; schema: typeof upstreamSchema | typeof downstreamSchema; messages: (Upstream | Downstream)[] }[] = [
  { name: 'upstream', schema: upstreamSchema, messages: Object.values(UPSTREAM) },
  { name: 'downstream', schema: downstreamSchema, messages: Object.values(DOWNSTREAM) },
];

describe.each(directions)('$name', ({ schema, messages }) => {
  test('every message of the union has an example', () => {
    const types = schema.options.map((option) => option.shape.type.value);
    expect(messages.map(({ type }) => type).sort()).toEqual([...types].sort());
  });

  test.each(messages)('[PR1] $type: a valid one is accepted unchanged', (message) => {
    expect(schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  test.each(messages)('[PR1] $type: one edit away it is refused, whatever the edit', (message) => {
    const accepted = editsOf(message).filter(({ edited }) => schema.safeParse(edited).success);
    expect(accepted.map(({ name }) => name)).toEqual([]);
  });

  test.each(['nothing', 'Hello', '__proto__', ''])('[PR1] a message of type %j is unknown', (type) => {
    expect(schema.safeParse({ type }).success).toBe(false);
  });
});

const { hello, submit } = UPSTREAM;
const ref = { lease: LEASE, job: JOB, index: 0 };

test.each([
  ['a name of no letters', { ...hello, displayName: '' }],
  ['a name too long', { ...hello, displayName: 'x'.repeat(LIMITS.nameLength + 1) }],
  ['a team of no letters', { ...hello, team: '' }],
  ['a team too long', { ...hello, team: 'x'.repeat(LIMITS.nameLength + 1) }],
  ['a speed beyond all numbers', { ...hello, gflops: Number.POSITIVE_INFINITY }],
  ['a speed that is no number', { ...hello, gflops: Number.NaN }],
  ['a speed in words', { ...hello, gflops: '3' }],
  ['no cores', { ...hello, cores: 0 }],
  ['half a core', { ...hello, cores: 0.5 }],
  ['too many cores', { ...hello, cores: 4097 }],
  ['a short key', { ...hello, hostKey: KEY.slice(1) }],
  ['a key with padding', { ...hello, hostKey: `${KEY.slice(1)}=` }],
  ['a key and a line break', { ...hello, hostKey: `${KEY}\n` }],
  ['a short signature', { ...hello, signature: hello.signature.slice(1) }],
  ['a negative wish', { type: 'request-work', replicas: -1 }],
  ['a boundless wish', { type: 'request-work', replicas: 100_001 }],
  ['an empty submit', { type: 'submit', results: [] }],
  ['a negative time', { type: 'submit', results: [{ ...ref, status: 'ok', output: '1', elapsedMs: -1 }] }],
  ['an infinite time', { type: 'submit', results: [{ ...ref, status: 'ok', output: '1', elapsedMs: Number.POSITIVE_INFINITY }] }],
  ['an unknown kind of error', { type: 'submit', results: [{ ...ref, status: 'error', kind: 'bored', message: '', elapsedMs: 1 }] }],
  [
    'an error with an output',
    { type: 'submit', results: [{ ...ref, status: 'error', kind: 'thrown', message: '', elapsedMs: 1, output: '1' }] },
  ],
  [
    'an endless message',
    { type: 'submit', results: [{ ...ref, status: 'error', kind: 'thrown', message: 'x'.repeat(2_001), elapsedMs: 1 }] },
  ],
  ['more than all', { type: 'progress', leases: [{ ...ref, fraction: 1.01 }] }],
  ['a negative index', { type: 'renew', leases: [{ ...ref, index: -1 }] }],
  ['an index beyond exact integers', { type: 'renew', leases: [{ ...ref, index: 2 ** 53 }] }],
  ['an id of another kind', { type: 'renew', leases: [{ ...ref, lease: ACCOUNT }] }],
  ['a digest in capitals', { type: 'submit', results: [{ ...submit.results[0], output: { blob: DIGEST.toUpperCase(), bytes: 1 } }] }],
  [
    'a blob beyond the limit',
    { type: 'submit', results: [{ ...submit.results[0], output: { blob: DIGEST, bytes: LIMITS.payloadBytes + 1 } }] },
  ],
])('[PR1] a worker that sends %s is refused', (_, message) => {
  expect(upstreamSchema.safeParse(message).success).toBe(false);
});

test.each([1e9, -1, 0, 1e308])('[CD2] a hello that claims %d GFLOPS is heard: it is clipped, not refused', (gflops) => {
  expect(upstreamSchema.parse({ ...hello, gflops, team: 'Night shift' })).toEqual({ ...hello, gflops, team: 'Night shift' });
});

test.each([
  ['no lease', { ...DOWNSTREAM.assign, leases: [] }],
  ['a lease of no time', { ...DOWNSTREAM.assign, leaseMs: 0 }],
  ['too little memory', { ...DOWNSTREAM.assign, limits: { ...DOWNSTREAM.assign.limits, memoryMB: 7 } }],
  ['a reason of its own', { ...DOWNSTREAM['no-work'], reason: 'bored' }],
  ['a heartbeat of no time', { ...DOWNSTREAM.welcome, heartbeatMs: 0 }],
  ['nothing to revoke', { ...DOWNSTREAM.revoke, leases: [] }],
])('[PR1] a coordinator that sends %s is refused', (_, message) => {
  expect(downstreamSchema.safeParse(message).success).toBe(false);
});

test('a name and a reason are optional where the schema says so', () => {
  expect(upstreamSchema.safeParse({ ...hello, displayName: null }).success).toBe(true);
  const refused = { lease: LEASE, outcome: 'refused', reason: 'too large' };
  expect(downstreamSchema.safeParse({ type: 'recorded', results: [refused] }).success).toBe(true);
});

test.each([LIMITS.leasesPerFrame - 1, LIMITS.leasesPerFrame, LIMITS.leasesPerFrame + 1])(
  '[PR5] a frame of %d leases or results',
  (count) => {
    const leases = Array.from({ length: count }, () => ref);
    const fits = count <= LIMITS.leasesPerFrame;
    expect(upstreamSchema.safeParse({ type: 'renew', leases }).success).toBe(fits);
    expect(
      upstreamSchema.safeParse({ type: 'submit', results: leases.map((lease) => ({ ...lease, status: 'ok', output: '1', elapsedMs: 1 })) })
        .success,
    ).toBe(fits);
    expect(downstreamSchema.safeParse({ ...DOWNSTREAM.revoke, leases }).success).toBe(fits);
    const assigned = leases.map(() => ({ lease: LEASE, index: 1, input: '1' }));
    expect(downstreamSchema.safeParse({ ...DOWNSTREAM.assign, leases: assigned }).success).toBe(fits);
  },
);

test.each([LIMITS.inlinePayloadBytes - 1, LIMITS.inlinePayloadBytes, LIMITS.inlinePayloadBytes + 1])(
  '[PR5] an inline payload of %d characters',
  (length) => {
    const message = { type: 'submit', results: [{ ...ref, status: 'ok', output: 'x'.repeat(length), elapsedMs: 1 }] };
    expect(upstreamSchema.safeParse(message).success).toBe(length <= LIMITS.inlinePayloadBytes);
  },
);

test.each(['"\ud83d"', '"\ude00"', '"\ude00\ud83d"'])('[PR19] half a surrogate pair in a payload is refused, as %j', (text) => {
  const submit = (output: string) => ({ type: 'submit', results: [{ ...ref, status: 'ok', output, elapsedMs: 1 }] });
  expect(upstreamSchema.safeParse(submit(text)).success).toBe(false);
  expect(downstreamSchema.safeParse({ ...DOWNSTREAM.assign, leases: [{ lease: LEASE, index: 1, input: text }] }).success).toBe(false);
  expect(upstreamSchema.safeParse(submit('"\ud83d\ude00"')).success).toBe(true);
});
