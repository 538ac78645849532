import { expect, test } from 'vitest';
import { type Held, okResult, type Volunteer, World } from '../../test/engine-world.ts';

const UNIT_MS = 10_000;

interface Pace {
  readonly host: Volunteer;
  readonly unitMs: number;
  readonly hands: { lease: Held; doneAt: number }[];
}

function hear({ host, unitMs, hands }: Pace, now: number): void {
  for (let type = host.link.unread[0]; type !== undefined; type = host.link.unread[0]) {
    if (type === 'assign') hands.push(...host.leases().map((lease) => ({ lease, doneAt: now + unitMs })));
    else if (type === 'revoke') for (const { leases } of host.link.takeAll('revoke')) drop(hands, leases);
    else host.link.takeAll(type);
  }
}

function drop(hands: Pace['hands'], leases: readonly { lease: string }[]): void {
  for (const { lease } of leases) {
    const at = hands.findIndex((held) => held.lease.lease === lease);
    if (at !== -1) hands.splice(at, 1);
  }
}

/** Virtual time until the job is done, one unit at a time in each pair of hands. */
async function makespan(units: number, speeds: readonly number[]): Promise<number> {
  const world = await World.open({ limits: { firstQuota: 1_000, quotaPerHost: 1 } });
  const job = await world.job({ inputs: { kind: 'index', count: units }, leaseMs: 3_600_000 });
  const paces: Pace[] = [];
  for (const [n, speed] of speeds.entries()) paces.push({ host: await world.host(n + 1), unitMs: UNIT_MS / speed, hands: [] });
  const begin = world.clock.now();
  for (const { host } of paces) await host.ask(1);
  while (world.jobRow(job).state !== 'done') {
    for (const pace of paces) {
      hear(pace, world.clock.now());
      const done = pace.hands.filter(({ doneAt }) => doneAt <= world.clock.now());
      drop(
        pace.hands,
        done.map(({ lease }) => lease),
      );
      if (done.length > 0)
        await pace.host.receive({
          type: 'submit',
          results: done.map(({ lease: { lease, job, index } }) => okResult({ lease, job, index }, 'answer')),
        });
      await pace.host.ask(1);
      hear(pace, world.clock.now());
    }
    await world.advance(2_000);
  }
  expect(world.violations()).toEqual([]);
  return world.clock.now() - begin;
}

test('[EN42] near the end of a job what is in slow hands is given to fast ones too, and the job does not wait for the slow', async () => {
  const fast = await makespan(24, [1, 1, 1]);
  const withSlow = await makespan(24, [1, 1, 1, 0.05]);
  // Alone, the slow host would need 200 s for its one unit.
  expect(fast).toBeLessThan(110_000);
  expect(withSlow).toBeLessThan(130_000);
});
