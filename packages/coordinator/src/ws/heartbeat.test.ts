import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

const limits = { pingMs: 30_000, pingJitter: 0.2, missedPings: 2 };

test('[GW14] two pings without an answer mean dead', () => {
  const heartbeat = new Heartbeat(limits, 0, () => 0.5);
  expect([29_999, 30_000, 30_001, 60_000, 90_000].map((now) => heartbeat.due(now))).toEqual(['nothing', 'ping', 'nothing', 'ping', 'dead']);
});

test('[GW14] anything heard counts as an answer', () => {
  const heartbeat = new Heartbeat(limits, 0, () => 0.5);
  for (let now = 30_000; now < 3_600_000; now += 30_000) {
    expect(heartbeat.due(now)).toBe('ping');
    if (now % 60_000 === 0) heartbeat.heard(now);
  }
});

test('[GW14] pings are 24 to 36 seconds apart', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const heartbeat = new Heartbeat(limits, 0, () => random);
      expect([heartbeat.due(23_999), heartbeat.due(36_000)]).toEqual(['nothing', 'ping']);
    }),
  );
});

test('[GW14] whoever is heard more often than that is never pinged', () => {
  const heartbeat = new Heartbeat(limits, 0, () => 0.5);
  for (let now = 1_000; now < 3_600_000; now += 1_000) {
    if (now % 20_000 === 0) heartbeat.heard(now);
    expect(heartbeat.due(now)).toBe('nothing');
  }
  expect([heartbeat.due(3_609_999), heartbeat.due(3_610_000)]).toEqual(['nothing', 'ping']);
});

test('[GW14] after the clock stepped back an hour the pings go on', () => {
  const heartbeat = new Heartbeat(limits, 3_600_000, () => 0.5);
  expect([heartbeat.due(0), heartbeat.due(29_999), heartbeat.due(30_000), heartbeat.due(60_000), heartbeat.due(90_000)]).toEqual([
    'nothing',
    'nothing',
    'ping',
    'ping',
    'dead',
  ]);
});
