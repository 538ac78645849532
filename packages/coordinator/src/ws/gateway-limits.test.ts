import { LIMITS, retryAfterIn } from '@manyhands/protocol';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type GatewayBench, openGatewayBench } from '../../test/gateway-bench.ts';
import type { Strain } from '../domain/load-shedding.ts';

const LEASE = { lease: `lease_${'a'.repeat(22)}`, job: `job_${'a'.repeat(22)}`, index: 0 };
const RENEW = { type: 'renew', leases: [] };
const SUBMIT = { type: 'submit', results: [{ ...LEASE, status: 'ok', output: '1', elapsedMs: 1 }] };
const PROGRESS = { type: 'progress', leases: [] };
const ASK = { type: 'request-work', replicas: 1 };

const received = (bench: GatewayBench, session = 0) => bench.coordinator.sessions[session]?.received.map(({ type }) => type) ?? [];

/** Status and Retry-After with which one more is refused. */
function refusal(bench: GatewayBench): Promise<[number, string | undefined]> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/v1/worker`);
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, { statusCode = 0, headers }) => {
      resolve([statusCode, headers['retry-after']]);
      socket.terminate();
    });
  });
}

test('[GW22] one new host more than an address may have is sent away until it may; those that are known come in', async () => {
  await using bench = await openGatewayBench({ registrations: { perSecond: 0.01, burst: 2 } });
  const first = bench.worker();
  await first.enter();
  await bench.worker().enter();
  const third = bench.worker();
  third.send(third.helloTo((await third.take('challenge')).nonce));
  const { code, reason } = await third.closed;
  expect([code, retryAfterIn(reason), bench.coordinator.sessions.length]).toEqual([1013, 100_000, 2]);
  await bench.worker({ key: first.key, accountSecret: first.accountSecret }).enter();
  // A known host with a new account is a registration as well.
  const renamed = bench.worker({ key: first.key });
  renamed.send(renamed.helloTo((await renamed.take('challenge')).nonce));
  expect((await renamed.closed).code).toBe(1013);
});

test('[GW22] this machine may register as many as it likes', async () => {
  await using bench = await openGatewayBench({ registrations: { perSecond: 0.01, burst: 1 }, limitLoopback: false });
  for (let i = 0; i < 3; i++) await bench.worker().enter();
});

test('[GW20] an address that keeps breaking the protocol is refused before the handshake', async () => {
  await using bench = await openGatewayBench({ faults: { perSecond: 1, burst: 2 } });
  const broken = ['{', Buffer.from('x'), ' '.repeat(LIMITS.frameBytes + 1)];
  for (const frame of broken) {
    const worker = bench.worker();
    await worker.take('challenge');
    worker.send(frame);
    await worker.closed;
  }
  expect(await refusal(bench)).toEqual([429, '600']);
});

test('[GW23] bytes beyond the rate are read later, none is dropped', async () => {
  await using bench = await openGatewayBench({ bytes: { perSecond: 1_000, burst: 1_000 } });
  const worker = bench.worker();
  await worker.enter();
  await vi.waitFor(() => expect(received(bench)).toEqual(['reconcile']));
  bench.clock.advance(1_000);
  for (let i = 0; i < 4; i++) worker.send(JSON.stringify(RENEW).padEnd(500));
  await vi.waitFor(() => expect(received(bench)).toHaveLength(3));
  bench.clock.advance(500);
  expect(received(bench)).toHaveLength(4);
  bench.clock.advance(500);
  expect(received(bench)).toHaveLength(5);
});

test('[GW19] whoever is closed for a restart or for load is told how long to stay away, others are not', async () => {
  await using bench = await openGatewayBench({ handshakesPerSecond: 1, restartMs: 5_000 });
  const workers = [bench.worker(), bench.worker(), bench.worker()];
  for (const worker of workers) await worker.enter();
  const [busy, wrong, open] = workers;
  bench.coordinator.sessions[0]?.link.close(1013, 'busy');
  bench.coordinator.sessions[1]?.link.close(1008, 'no');
  // One is expected, half of one and a half seconds away.
  expect(retryAfterIn((await busy?.closed)?.reason ?? '')).toBe(1_750);
  expect(retryAfterIn((await wrong?.closed)?.reason ?? '')).toBe(null);
  await vi.waitFor(() => expect(bench.gateway.connections).toBe(1));
  // Meanwhile three a second were seen to be possible.
  bench.clock.advance(10_000);
  await bench.gateway[Symbol.asyncDispose]();
  expect(retryAfterIn((await open?.closed)?.reason ?? '')).toBe(5_300);
});

test('[GW19] what does not come in before a handshake is told in the header', async () => {
  await using bench = await openGatewayBench({ unproven: 1, handshakesPerSecond: 1 });
  await bench.worker().take('challenge');
  expect(await refusal(bench)).toEqual([503, '2']);
  expect(await refusal(bench)).toEqual([503, '3']);
});

test('[GW21] requests for work are declined under strain, without the engine hearing of them', async () => {
  let strain: Strain = 0;
  await using bench = await openGatewayBench({}, () => strain);
  const worker = bench.worker();
  await worker.enter();
  strain = 2;
  worker.send(ASK);
  expect(await worker.take('no-work')).toEqual({ type: 'no-work', retryAfterMs: 15_000, reason: 'overloaded' });
  worker.send({ type: 'request-work', replicas: 0 });
  worker.send(SUBMIT);
  await vi.waitFor(() => expect(received(bench)).toEqual(['reconcile', 'request-work', 'submit']));
});

test('[GW21] under the worst strain every other renewal is heard, and every result', async () => {
  let strain: Strain = 0;
  await using bench = await openGatewayBench({}, () => strain);
  const worker = bench.worker();
  await worker.enter();
  await vi.waitFor(() => expect(received(bench)).toEqual(['reconcile']));
  strain = 3;
  for (const frame of [RENEW, PROGRESS, SUBMIT, RENEW, PROGRESS, SUBMIT, RENEW, RENEW, { type: 'release', leases: [LEASE] }])
    worker.send(frame);
  await vi.waitFor(() => expect(received(bench).slice(1)).toEqual(['submit', 'renew', 'submit', 'renew', 'release']));
});

test('[GW21] a hello that comes while nobody new is let in is closed before anything is verified', async () => {
  let strain: Strain = 0;
  await using bench = await openGatewayBench({}, () => strain);
  const worker = bench.worker();
  const { nonce } = await worker.take('challenge');
  strain = 3;
  worker.send(worker.helloTo(nonce));
  const { code, reason } = await worker.closed;
  expect([code, retryAfterIn(reason), bench.coordinator.sessions.length]).toEqual([1013, expect.any(Number), 0]);
  expect((await refusal(bench))[0]).toBe(503);
});

test('[GW21] this machine is not refused for load', async () => {
  await using bench = await openGatewayBench({ limitLoopback: false }, () => 3);
  const worker = bench.worker();
  await worker.enter();
  for (const frame of [ASK, RENEW, RENEW]) worker.send(frame);
  await vi.waitFor(() => expect(received(bench)).toEqual(['reconcile', 'request-work', 'renew', 'renew']));
});

test('[GW12] a host that does not read is heard again when it has caught up', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.enter();
  await vi.waitFor(() => expect(received(bench)).toEqual(['reconcile']));
  worker.socket.pause();
  const link = bench.coordinator.sessions[0]?.link;
  const drop = Array.from({ length: 1000 }, () => LEASE.lease);
  while ((link?.bufferedBytes ?? 0) <= 2 ** 20) link?.send({ type: 'reconciled', drop } as never);
  worker.send(RENEW);
  worker.socket.resume();
  await vi.waitFor(() => {
    bench.clock.advance(250);
    expect(received(bench)).toEqual(['reconcile', 'renew']);
  });
});
