/** Peers that ask and never read the answer. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';
import { RawSocket } from './raw-socket.ts';
import { within } from './within.ts';

const MB = 2 ** 20;
const PEERS = 8;
/** What one deaf peer has on the way at any time, as long as the other end takes it. */
const ASKED_AT_ONCE_BYTES = MB;
/** What one may cost at most: 16 frames under way, as text and as objects, their answers, and what the garbage collector has not looked at. */
const BYTES_PER_PEER = 24 * MB;
const BLOB_BYTES = 32 * MB;
const FREED_WITHIN_MS = 25_000;
const PATIENCE_MS = 30_000;

let coordinator: NetworkCoordinator;
beforeEach(async () => {
  coordinator = await NetworkCoordinator.open({
    http: { idleMs: 1_500, keepAliveMs: 500 },
    ws: { pingMs: 1_000, pauseBytes: 256 * 1024, cutBytes: 512 * 1024, cutAfterMs: 500 },
  });
  await publishEndlessJobs(coordinator);
});
afterEach(async () => {
  expect(await coordinator.close()).toEqual([]);
  await coordinator[Symbol.asyncDispose]();
});

test('[NW9] a host that never reads is given no more than fits its share of memory, and is cut', async () => {
  using honest = new PlayingWorker(coordinator.url);
  await honest.enter();
  const before = await coordinator.rssBytes();
  const unknown = Array.from({ length: 1_000 }, (_, index) => ({ lease: `lease_${'0'.repeat(22)}`, job: `job_${'0'.repeat(22)}`, index }));
  // Each frame is answered with a list as long.
  const frame = JSON.stringify({ type: 'renew', leases: unknown });
  const deaf = Array.from({ length: PEERS }, () => new PlayingWorker(coordinator.url));
  for (const worker of deaf) {
    await worker.enter();
    worker.socket.pause();
  }
  // For as long as somebody takes it: without a bound at the other end this would never stop.
  const asking = setInterval(() => {
    for (const { socket } of deaf)
      if (socket.readyState === socket.OPEN && socket.bufferedAmount < ASKED_AT_ONCE_BYTES) socket.send(frame, () => undefined);
  }, 5);
  let most = 0;
  const watched = vi.waitFor(
    async () => {
      most = Math.max(most, await coordinator.rssBytes());
      expect(await coordinator.openSockets()).toBe(1);
    },
    { timeout: FREED_WITHIN_MS, interval: 100 },
  );
  honest.ask(1);
  const held = await within(honest.lease(), PATIENCE_MS, 'a lease for the honest host');
  expect(
    await within(
      honest.submit(held, (input) => input),
      PATIENCE_MS,
      'an answer to its result',
    ),
  ).toEqual(held.map(() => 'recorded'));
  await watched.finally(() => clearInterval(asking));
  expect(most - before).toBeLessThan(PEERS * BYTES_PER_PEER);
  for (const worker of deaf) worker[Symbol.dispose]();
}, 60_000);

test('[NW9] [HT29] a reader that takes nothing of its answer is cut, and costs no more than a buffer', async () => {
  const bytes = Buffer.alloc(BLOB_BYTES, 7);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const { url, token } = coordinator.author.file;
  await fetch(`${url}/v1/blobs/${digest}`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: bytes });
  const before = await coordinator.rssBytes();
  const asks = { says: `GET /v1/blobs/${digest} HTTP/1.1\r\nHost: a\r\n\r\n`, reads: false };
  const deaf = await Promise.all(Array.from({ length: PEERS }, () => RawSocket.open(coordinator.port, asks)));
  await vi.waitFor(async () => expect(await coordinator.openSockets()).toBe(0), { timeout: FREED_WITHIN_MS, interval: 100 });
  expect((await coordinator.rssBytes()) - before).toBeLessThan(PEERS * BYTES_PER_PEER);
  for (const peer of deaf) peer[Symbol.dispose]();
}, 60_000);

test('[NW10] a flood of new hosts from one address is held off, and who is known works on', async () => {
  const flooded = await NetworkCoordinator.open({
    ws: { limitLoopback: true, connects: { perSecond: 1_000, burst: 1_000 }, registrations: { perSecond: 1e-6, burst: 5 } },
  });
  await publishEndlessJobs(flooded);
  try {
    using honest = new PlayingWorker(flooded.url);
    await honest.enter();
    const others = Array.from({ length: 30 }, () => new PlayingWorker(flooded.url));
    const outcomes = await Promise.all(
      others.map((worker) =>
        worker.greet().then(
          () => 'welcome',
          (error: Error) => /closed with (\d+)/.exec(error.message)?.[1],
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'welcome')).toHaveLength(4);
    expect(outcomes.filter((outcome) => outcome === '1013')).toHaveLength(26);
    for (const worker of others) worker[Symbol.dispose]();
    honest.ask(1);
    const held = await within(honest.lease(), PATIENCE_MS, 'a lease for the honest host');
    expect(await honest.submit(held, (input) => input)).toEqual(held.map(() => 'recorded'));
    // Whoever was let in may come back as often as it likes.
    using back = new PlayingWorker(flooded.url, { key: honest.key, accountSecret: honest.accountSecret });
    await within(back.enter(), PATIENCE_MS, 'the welcome of a known host');
    expect(await flooded.close()).toEqual([]);
    expect(flooded.fsck().found).toEqual({});
  } finally {
    await flooded[Symbol.asyncDispose]();
  }
}, 60_000);
