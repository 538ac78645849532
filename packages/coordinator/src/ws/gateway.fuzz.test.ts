import { parseFrame, type Upstream, upstreamSchema } from '@manyhands/protocol';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type GatewayBench, openGatewayBench } from '../../test/gateway-bench.ts';

const RUNS = 100;
const FRAMES_PER_RUN = 20;

const base64url = (length: number) => fc.string({ unit: fc.constantFrom(...'ABCXYZabcxyz0189_-'), minLength: length, maxLength: length });
const lease = fc.record({
  lease: base64url(22).map((id) => `lease_${id}`),
  job: base64url(22).map((id) => `job_${id}`),
  index: fc.nat(),
});
const leases = fc.array(lease, { maxLength: 5 });
const digest = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }).map((hex) => `sha256:${hex}`);
const payload = fc.oneof(fc.json(), fc.record({ blob: digest, bytes: fc.nat() }));
const elapsedMs = fc.double({ min: 0, max: 1e12, noNaN: true });
const result = fc.oneof(
  fc.tuple(lease, payload, elapsedMs).map(([ref, output, elapsed]) => ({ ...ref, status: 'ok', output, elapsedMs: elapsed })),
  fc
    .tuple(lease, fc.constantFrom('thrown', 'timeout', 'crash'), fc.string())
    .map(([ref, kind, message]) => ({ ...ref, status: 'error', kind, message, elapsedMs: 1 })),
);

const message = fc.oneof(
  fc.record({ type: fc.constant('request-work'), replicas: fc.nat({ max: 100_000 }) }),
  fc.record({ type: fc.constantFrom('renew', 'release'), leases }),
  fc.record({ type: fc.constant('submit'), results: fc.array(result, { minLength: 1, maxLength: 5 }) }),
);
const untimely = fc.oneof(
  fc.record({ type: fc.constant('reconcile'), leases, more: fc.boolean() }),
  fc.record({
    type: fc.constant('hello'),
    protocol: fc.record({ oldest: fc.integer(), newest: fc.integer() }),
    hostKey: base64url(43),
    signature: base64url(86),
    accountSecret: base64url(43),
    displayName: fc.option(fc.string({ minLength: 1, maxLength: 64 })),
    software: fc.string({ maxLength: 100 }),
    engine: fc.string({ maxLength: 100 }),
    cores: fc.integer({ min: 1, max: 4096 }),
  }),
);
const validFrame = fc.oneof({ weight: 20, arbitrary: message }, { weight: 1, arbitrary: untimely });
const validText = validFrame.map((frame) => JSON.stringify(frame));

/** One character removed, replaced or put in. */
const editedText = fc
  .tuple(
    validText,
    fc.nat(),
    fc.nat({ max: 1 }),
    fc.oneof(fc.constant(''), fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('{', '"', '[', '-', '9')),
  )
  .map(([text, at, removed, inserted]) => text.slice(0, at % text.length) + inserted + text.slice((at % text.length) + removed));

const rawFrame = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const frames = fc.array(
  fc.oneof({ weight: 20, arbitrary: validText }, { weight: 2, arbitrary: editedText }, { weight: 1, arbitrary: rawFrame }),
  { minLength: FRAMES_PER_RUN, maxLength: FRAMES_PER_RUN },
);

/** What a session must be told of frames sent after the last reconcile: all up to the first that breaks a rule. */
function messagesIn(sent: readonly (string | Buffer)[]): Upstream[] {
  const messages: Upstream[] = [];
  for (const frame of sent) {
    const outcome = typeof frame === 'string' ? parseFrame(upstreamSchema, frame) : null;
    if (!outcome?.ok || outcome.message.type === 'hello' || outcome.message.type === 'reconcile') break;
    messages.push(outcome.message);
  }
  return messages;
}

/** A connection of its own sends these; resolves when it has ended, by us or by it. */
async function play(bench: GatewayBench, sent: readonly (string | Buffer)[], proven: boolean): Promise<void> {
  const worker = bench.worker();
  if (proven) await worker.enter();
  else await worker.take('challenge');
  for (const frame of sent) worker.send(frame);
  worker.socket.close(1000);
  await worker.closed;
}

/** Somebody else's connection goes on. */
async function openWitness(bench: GatewayBench): Promise<() => Promise<void>> {
  const witness = bench.worker();
  await witness.enter();
  return async () => {
    witness.send({ type: 'request-work', replicas: 1 });
    await witness.take('no-work');
  };
}

const unlimited = { perSecond: 1e9, burst: 1e9 };
const anythingGoes = { frames: unlimited, bytes: unlimited, connects: unlimited, registrations: unlimited, faults: unlimited };

test('[GW1] no sequence of frames opens a session or reaches one before a proven hello', async () => {
  await using bench = await openGatewayBench(anythingGoes);
  await fc.assert(
    fc.asyncProperty(frames, async (sent) => {
      await play(bench, sent, false);
      expect(bench.coordinator.sessions).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  expect(bench.failures).toEqual([]);
});

test('[GW7] of any frames of a proven host only messages reach its session, each as sent, and nobody else notices', async () => {
  await using bench = await openGatewayBench(anythingGoes);
  bench.coordinator.onFrame = async (session, { type }) => {
    if (type === 'request-work') session.link.send({ type: 'no-work', retryAfterMs: 0, reason: 'no-jobs' });
  };
  const witness = await openWitness(bench);
  await fc.assert(
    fc.asyncProperty(frames, async (sent) => {
      const before = bench.coordinator.sessions.length;
      await play(bench, sent, true);
      await vi.waitFor(() => expect(bench.coordinator.sessions[before]?.closed).toBe(true), { interval: 2 });
      expect(bench.coordinator.sessions[before]?.received.slice(1)).toEqual(messagesIn(sent));
      await witness();
    }),
    { numRuns: RUNS },
  );
  expect(bench.failures).toEqual([]);
});
