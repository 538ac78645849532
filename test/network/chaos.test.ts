import { expect, test } from 'vitest';
import { Chance } from '../simulation/chance.ts';
import { ChaosProxy, type Toxic } from './chaos-proxy.ts';
import { EVERY_UNIT_ONCE, type Outcome, playJob } from './chaos-world.ts';
import { FrameRelay } from './frame-relay.ts';

const SEED = 11;
const LIMIT_MS = 180_000;

/** Two more behind a good network, for those in which two alone have been seen to stall. */
const TWICE_AS_MANY = 4;
const BEHIND_BAD_NETWORKS = 2;

interface Scene {
  readonly name: string;
  readonly volunteers?: number;
  /** Toxics of a worker's WebSocket: `no` counts that worker's connections from 0. The network gets better, or nobody could tell. */
  readonly socket: (no: number, chance: Chance) => readonly Toxic[];
  readonly requests?: (no: number) => readonly Toxic[];
}

const slow = { kind: 'latency', delayMs: 40, jitterMs: 60 } as const;
const SCENES: readonly Scene[] = [
  { name: 'latency and jitter', socket: () => [slow], requests: () => [slow] },
  { name: 'little bandwidth', volunteers: TWICE_AS_MANY, socket: () => [{ kind: 'bandwidth', bytesPerSecond: 6_000 }] },
  {
    name: 'single bytes',
    volunteers: TWICE_AS_MANY,
    socket: () => [{ kind: 'slicer', bytes: 1 }],
    requests: () => [{ kind: 'slicer', bytes: 1 }],
  },
  {
    name: 'single bytes, slowly',
    volunteers: TWICE_AS_MANY,
    socket: () => [
      { kind: 'slicer', bytes: 7 },
      { kind: 'latency', delayMs: 5, jitterMs: 30 },
    ],
  },
  { name: 'cut after so many bytes', socket: (no, chance) => (no < 3 ? [{ kind: 'limit-data', bytes: chance.int(300, 6_000) }] : []) },
  { name: 'reset', socket: (no, chance) => (no < 3 ? [{ kind: 'reset', afterMs: chance.int(1, 400) }] : []) },
  {
    name: 'requests cut and reset',
    socket: () => [],
    requests: (no) =>
      [
        { kind: 'limit-data', bytes: 100 },
        { kind: 'reset', afterMs: 1 },
        { kind: 'limit-data', bytes: 1_000 },
      ].slice(no, no + 1) as Toxic[],
  },
  { name: 'hung for a while', socket: (no) => (no === 0 ? [{ kind: 'hang', afterMs: 300, forMs: 2_000 }] : []) },
  { name: 'half open for a while', socket: (no) => (no === 0 ? [{ kind: 'half-open', afterMs: 300, forMs: 2_000 }] : []) },
  { name: 'refused, and told when to come back', socket: (no) => (no < 2 ? [{ kind: 'refuse', retryAfterS: 2 }] : []) },
];

function expectClean({ report, failures, indices, wrong, daemons }: Outcome): void {
  expect(wrong).toEqual([]);
  expect(indices).toEqual(EVERY_UNIT_ONCE);
  expect(failures).toEqual([]);
  expect(report.found).toEqual({});
  const acknowledged = daemons.reduce((sum, { worker }) => sum + worker.status().tally.recorded, 0);
  // Whatever a daemon took for recorded is in the books (I1), and nothing is there twice (I4).
  expect(report.results).toBeGreaterThanOrEqual(acknowledged);
  expect(report.results).toBeGreaterThanOrEqual(2 * indices.length);
}

/** Each connection after a loss comes no sooner than the daemon said, which is no sooner than it was told. */
function expectPatience({ daemons }: Outcome, proxies: readonly ChaosProxy[]): void {
  for (const [i, proxy] of proxies.entries()) {
    const { events } = daemons[i] as Outcome['daemons'][number];
    const retries = events.flatMap((event) => (event.event === 'disconnected' ? [event.retryAt] : []));
    const attempts = proxy.attemptsAt.slice(1);
    expect(attempts.length).toBeLessThanOrEqual(retries.length);
    for (const [n, at] of attempts.entries()) expect(at).toBeGreaterThanOrEqual(retries[n] as number);
  }
}

test.concurrent.each(SCENES)(
  '[NW4] a job ends right through a network that is: $name',
  { timeout: LIMIT_MS },
  async ({ socket, requests, volunteers }) => {
    const proxies: ChaosProxy[] = [];
    const outcome = await playJob(async (url, no) => {
      if (no >= BEHIND_BAD_NETWORKS) return null;
      const chance = new Chance(SEED + no);
      const proxy = await ChaosProxy.open(url, {
        chance,
        toxicsOf: (n, isWorkers) => (isWorkers ? socket(n, chance) : (requests?.(n) ?? [])),
      });
      proxies.push(proxy);
      return proxy;
    }, volunteers);
    expectClean(outcome);
    expectPatience(outcome, proxies);
  },
);

test.concurrent('[NW5] a job ends right though frames come twice, in another order, and from others', { timeout: LIMIT_MS }, async () => {
  const overheard: string[] = [];
  const relays: FrameRelay[] = [];
  const outcome = await playJob(async (url, no) => {
    if (no >= BEHIND_BAD_NETWORKS) return null;
    const mischief = { twice: 0.3, late: 0.3, window: 8, replayed: 0.5, lostAssigns: 0 };
    const relay = await FrameRelay.open(url, new Chance(SEED + no), mischief, overheard);
    relays.push(relay);
    return relay;
  }, TWICE_AS_MANY);
  expectClean(outcome);
  for (const { breaches } of relays) expect(breaches).toEqual([]);
  // How often in each link is a matter of how quick its daemon was.
  const times = (kind: 'twice' | 'late' | 'replayed') => relays.reduce((sum, { counts }) => sum + counts[kind], 0);
  expect(Math.min(times('twice'), times('late'), times('replayed'))).toBeGreaterThan(5);
});

test.concurrent('[NW15] with as many volunteers as the quorum needs, leases lost on the way are sent again and the job ends', {
  timeout: LIMIT_MS,
}, async () => {
  const relays: FrameRelay[] = [];
  const outcome = await playJob(async (url, no) => {
    const mischief = { twice: 0, late: 0, window: 1, replayed: 0, lostAssigns: 3 };
    const relay = await FrameRelay.open(url, new Chance(SEED + no), mischief, []);
    relays.push(relay);
    return relay;
  });
  expectClean(outcome);
  for (const { counts } of relays) expect(counts.lost).toBe(3);
});
