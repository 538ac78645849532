/** Peers that are slow on purpose. Time limits are a fraction of the usual ones, so that nobody has to wait. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';
import { type RawOptions, RawSocket } from './raw-socket.ts';
import { serveHonest } from './serve-honest.ts';
import { within } from './within.ts';

const PEERS_OF_A_KIND = 12;
const MOST_CONNECTIONS = 200;
const MOST_UNPROVEN = 60;
/** All limits below, the checks every second, and a machine with much else to do. */
const FREED_WITHIN_MS = 60_000;
const PATIENCE_MS = 60_000;
const LIMIT_MS = 150_000;

let coordinator: NetworkCoordinator;
const peers: RawSocket[] = [];
beforeEach(async () => {
  coordinator = await NetworkCoordinator.open({
    http: { headersMs: 400, requestMs: 600, uploadMs: 1_000, keepAliveMs: 400, connections: MOST_CONNECTIONS },
    ws: { helloMs: 500, pingMs: 300, unproven: MOST_UNPROVEN, pauseBytes: 64 * 1024, cutBytes: 256 * 1024, cutAfterMs: 300 },
  });
  await publishEndlessJobs(coordinator);
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer[Symbol.dispose]();
  expect(await coordinator.close()).toEqual([]);
  expect(coordinator.fsck().found).toEqual({});
  await coordinator[Symbol.asyncDispose]();
});

async function openPeers(count: number, options: (token: string) => RawOptions): Promise<void> {
  const { token } = coordinator.author.file;
  for (let i = 0; i < count; i++) peers.push(await RawSocket.open(coordinator.port, options(token)));
}

/** Asks once for a page's data and computes a unit. */
async function serveAndCompute(worker: PlayingWorker): Promise<void> {
  const answer = await within(fetch(`${coordinator.url}/v1/project`), PATIENCE_MS, 'an honest request');
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  await serveHonest(worker, PATIENCE_MS);
}

const POST = (token: string) =>
  `POST /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`;
const PUT = (token: string) =>
  `PUT /v1/blobs/sha256:${'0'.repeat(64)} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n`;
const UPGRADE =
  'GET /v1/worker HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
const SLOWLY = 'x'.repeat(10_000);

const KINDS: Readonly<Record<string, (token: string) => RawOptions>> = {
  'silent sockets': () => ({}),
  'one byte of a request': () => ({ says: 'G' }),
  'headers, a byte at a time': () => ({ says: 'GET / HTTP/1.1\r\nX-Slow: ', trickles: SLOWLY }),
  'a body, a byte at a time': (token) => ({ says: POST(token), trickles: SLOWLY }),
  'a body for which nobody vouches': () => ({ says: POST('nobody'), trickles: SLOWLY }),
  'an upload, a byte at a time': (token) => ({ says: PUT(token), trickles: SLOWLY }),
  'a connection kept open after its answer': () => ({ says: 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n' }),
  'an upgrade, a byte at a time': () => ({ says: UPGRADE, trickles: `X-Slow: ${SLOWLY}` }),
  'a worker that says no hello': () => ({ says: `${UPGRADE}\r\n` }),
  'a hello, a byte at a time': () => ({ says: `${UPGRADE}\r\n\x81\xfe\x10\x00\x00\x00\x00\x00`, trickles: SLOWLY }),
};

test(
  '[NW8] among slow peers of all kinds the honest are served, and all their sockets are free again soon',
  async () => {
    using worker = new PlayingWorker(coordinator.url);
    await worker.enter();
    const kindOf = new Map<RawSocket, string>();
    for (const [kind, options] of Object.entries(KINDS)) {
      await openPeers(PEERS_OF_A_KIND, options);
      for (const peer of peers.slice(-PEERS_OF_A_KIND)) kindOf.set(peer, kind);
    }
    await serveAndCompute(worker);
    const left = () => [...new Set(peers.filter(({ isOpen }) => isOpen).map((peer) => kindOf.get(peer)))];
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: FREED_WITHIN_MS, interval: 50 });
    await serveAndCompute(worker);
  },
  LIMIT_MS,
);

test(
  '[NW8] sockets are bounded in number, however many knock',
  async () => {
    await openPeers(MOST_CONNECTIONS + 100, () => ({}));
    expect(await coordinator.openSockets()).toBeLessThanOrEqual(MOST_CONNECTIONS);
    await vi.waitFor(() => expect(peers.filter(({ isOpen }) => isOpen).length).toBe(0), { timeout: FREED_WITHIN_MS, interval: 50 });
    expect((await fetch(`${coordinator.url}/livez`)).status).toBe(200);
  },
  LIMIT_MS,
);

test(
  '[NW8] of those who have proven nothing only so many are let in; who has, stays',
  async () => {
    using worker = new PlayingWorker(coordinator.url);
    await worker.enter();
    await openPeers(MOST_UNPROVEN + 10, () => ({ says: `${UPGRADE}\r\n` }));
    await vi.waitFor(() => expect(peers.filter(({ heard }) => heard.startsWith('HTTP/1.1 503')).length).toBe(10), {
      timeout: FREED_WITHIN_MS,
    });
    await serveAndCompute(worker);
  },
  LIMIT_MS,
);
