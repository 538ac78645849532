/** Peers that ask and never read the answer. */
import { createHash } from 'node:crypto';
import type { CoordinatorSettings } from '@manyhands/coordinator';
import { expect, test, vi } from 'vitest';
import { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';
import { RawSocket } from './raw-socket.ts';
import { serveHonest } from './serve-honest.ts';
import { within } from './within.ts';

const MB = 2 ** 20;
/** Each is sent megabytes before the kernel's own buffers are full. */
const PEERS = 4;
/** What one deaf peer has on the way at any time, as long as the other end takes it. */
const ASKED_AT_ONCE_BYTES = MB;
const FRAMES_UNDER_WAY = 16;
/** What one may cost at most: those frames under way, as text and as objects, their answers, and what the garbage collector has not looked at. */
const BYTES_PER_PEER = 24 * MB;
const BLOB_BYTES = 32 * MB;
const FREED_WITHIN_MS = 90_000;
const PATIENCE_MS = 60_000;
const LIMIT_MS = 180_000;

/** Runs `work` at a coordinator of its own, which must come out of it in order. */
async function at(settings: CoordinatorSettings, work: (coordinator: NetworkCoordinator) => Promise<void>): Promise<void> {
  await using coordinator = await NetworkCoordinator.open(settings);
  await publishEndlessJobs(coordinator);
  await work(coordinator);
  expect(await coordinator.close()).toEqual([]);
  expect(coordinator.fsck().found).toEqual({});
}

const HASTY: CoordinatorSettings = {
  http: { idleMs: 1_500, keepAliveMs: 500 },
  ws: { pingMs: 1_000, pauseBytes: 256 * 1024, cutBytes: 512 * 1024, cutAfterMs: 500 },
};

test.concurrent(
  '[NW9] a host that never reads is given no more than fits its share of memory, and is cut',
  () =>
    at(HASTY, async (coordinator) => {
      using honest = new PlayingWorker(coordinator.url);
      await honest.enter();
      const unknown = Array.from({ length: 1_000 }, (_, index) => ({
        lease: `lease_${'0'.repeat(22)}`,
        job: `job_${'0'.repeat(22)}`,
        index,
      }));
      // Each frame is answered with a list as long.
      const frame = JSON.stringify({ type: 'renew', leases: unknown });
      // As many at once as the deaf will have under way: what a process grows by when it first does this is not theirs.
      for (let n = 0; n < PEERS * FRAMES_UNDER_WAY; n++) honest.socket.send(frame);
      for (let n = 0; n < PEERS * FRAMES_UNDER_WAY; n++) await within(honest.take('renewed'), PATIENCE_MS, 'an answer to one who reads');
      const before = await coordinator.rssBytes();
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
      await serveHonest(honest, PATIENCE_MS);
      await watched.finally(() => clearInterval(asking));
      expect(most - before).toBeLessThan(PEERS * BYTES_PER_PEER);
      for (const worker of deaf) worker[Symbol.dispose]();
    }),
  LIMIT_MS,
);

test.concurrent(
  '[NW9] [HT29] a reader that takes nothing of its answer is cut, and costs no more than a buffer',
  () =>
    at(HASTY, async (coordinator) => {
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
    }),
  LIMIT_MS,
);

test.concurrent(
  '[NW10] a flood of new hosts from one address is held off, and who is known works on',
  () =>
    at(FLOODED, async ({ url }) => {
      using honest = new PlayingWorker(url);
      await honest.enter();
      const others = Array.from({ length: 30 }, () => new PlayingWorker(url));
      const outcomes = await Promise.all(others.map(welcomeOf));
      expect(outcomes.filter((outcome) => outcome === 'welcome')).toHaveLength(REGISTRATIONS - 1);
      expect(outcomes.filter((outcome) => outcome.startsWith('closed with 1013'))).toHaveLength(others.length - REGISTRATIONS + 1);
      for (const worker of others) worker[Symbol.dispose]();
      await serveHonest(honest, PATIENCE_MS);
      // Whoever was let in may come back.
      using back = new PlayingWorker(url, { key: honest.key, accountSecret: honest.accountSecret });
      await within(back.enter(), PATIENCE_MS, 'the welcome of a known host');
    }),
  LIMIT_MS,
);

const REGISTRATIONS = 5;
const FLOODED: CoordinatorSettings = {
  ws: { limitLoopback: true, connects: { perSecond: 1_000, burst: 1_000 }, registrations: { perSecond: 1e-6, burst: REGISTRATIONS } },
};

const welcomeOf = (worker: PlayingWorker): Promise<string> =>
  worker.greet().then(
    () => 'welcome',
    (error: Error) => error.message,
  );
