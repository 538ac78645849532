import { expect, test } from 'vitest';
import { type Admission, Door, type Knock } from './door.ts';
import { WS_LIMITS } from './ws-limits.ts';

const limits = { ...WS_LIMITS, unproven: 4, perAddress: 3, connects: { perSecond: 5, burst: 6 } };

function admitted(knock: Knock): Admission {
  if (!knock.ok) throw new Error(knock.reason);
  return knock.admission;
}
const statusOf = (knock: Knock) => (knock.ok ? 200 : knock.status);

test('[GW6] one address may have so many connections open, and one more when one has left', () => {
  const door = new Door(limits);
  const admissions = [0, 1, 2].map(() => admitted(door.knock('10.0.0.1', 0)));
  expect(statusOf(door.knock('10.0.0.1', 0))).toBe(429);
  expect(statusOf(door.knock('10.0.0.2', 0))).toBe(200);
  admissions[0]?.left();
  expect(statusOf(door.knock('10.0.0.1', 0))).toBe(200);
});

test('[GW6] so many connections may be unproven, whoever they are from', () => {
  const door = new Door(limits);
  const admissions = [1, 2, 3, 4].map((n) => admitted(door.knock(`10.0.0.${n}`, 0)));
  expect(statusOf(door.knock('10.0.0.5', 0))).toBe(503);
  admissions[0]?.proven();
  expect(statusOf(door.knock('10.0.0.5', 0))).toBe(200);
  // Leaving after having proven itself frees no second place.
  admissions[0]?.left();
  expect(statusOf(door.knock('10.0.0.6', 0))).toBe(503);
});

test('[GW6] too many new connections in a short time are told when to come back', () => {
  const door = new Door(limits);
  for (let i = 0; i < 6; i++) admitted(door.knock('10.0.0.1', 0)).left();
  expect(door.knock('10.0.0.1', 0)).toMatchObject({ ok: false, status: 429, retryAfterS: 1 });
  expect(statusOf(door.knock('10.0.0.1', 200))).toBe(200);
});

test('[GW6] what an address did is forgotten when it makes no difference any more, and not before', () => {
  const door = new Door(limits);
  const admission = admitted(door.knock('10.0.0.1', 0));
  for (let i = 0; i < 5; i++) admitted(door.knock('10.0.0.1', 0)).left();
  door.sweep(10);
  expect(statusOf(door.knock('10.0.0.1', 10))).toBe(429);
  admission.left();
  door.sweep(60_000);
  for (let i = 0; i < 6; i++) admitted(door.knock('10.0.0.1', 60_000)).left();
});

test('[GW10] this machine is not counted per address, unless it shall be', () => {
  const door = new Door({ ...limits, unproven: 100 });
  for (let i = 0; i < 50; i++) admitted(door.knock('127.0.0.1', 0));
  const strict = new Door({ ...limits, limitLoopback: true });
  for (let i = 0; i < 3; i++) admitted(strict.knock('127.0.0.1', 0));
  expect(statusOf(strict.knock('127.0.0.1', 0))).toBe(429);
});
