import { expect, test } from 'vitest';
import { isShed, type Strain } from '../domain/load-shedding.ts';
import { type Admission, Door, type Knock } from './door.ts';
import { WS_LIMITS, type WsLimits } from './ws-limits.ts';

const limits = { ...WS_LIMITS, unproven: 4, perAddress: 3, connects: { perSecond: 5, burst: 6 } };

const TURNED_AWAY_MS = 7_500;

function openDoor(changes: Partial<WsLimits> = {}, { strain = 0, penaltyMs = 0 }: { strain?: Strain; penaltyMs?: number } = {}): Door {
  return new Door({
    limits: { ...limits, ...changes },
    load: { sheds: (work) => isShed(work, strain) },
    addresses: { penaltyMs: () => penaltyMs },
    room: { turnAway: () => TURNED_AWAY_MS },
  });
}

function admitted(knock: Knock): Admission {
  if (!knock.ok) throw new Error(knock.reason);
  return knock.admission;
}
const statusOf = (knock: Knock) => (knock.ok ? 200 : knock.status);

test('[GW6] one address may have so many connections open, and one more when one has left', () => {
  const door = openDoor();
  const admissions = [0, 1, 2].map(() => admitted(door.knock('10.0.0.1', 0)));
  expect(statusOf(door.knock('10.0.0.1', 0))).toBe(429);
  expect(statusOf(door.knock('10.0.0.2', 0))).toBe(200);
  admissions[0]?.left();
  expect(statusOf(door.knock('10.0.0.1', 0))).toBe(200);
});

test('[GW6] so many connections may be unproven, whoever they are from', () => {
  const door = openDoor();
  const admissions = [1, 2, 3, 4].map((n) => admitted(door.knock(`10.0.0.${n}`, 0)));
  expect(statusOf(door.knock('10.0.0.5', 0))).toBe(503);
  admissions[0]?.proven();
  expect(statusOf(door.knock('10.0.0.5', 0))).toBe(200);
  // Leaving after having proven itself frees no second place.
  admissions[0]?.left();
  expect(statusOf(door.knock('10.0.0.6', 0))).toBe(503);
});

test('[GW6] too many new connections in a short time are told when to come back', () => {
  const door = openDoor();
  for (let i = 0; i < 6; i++) admitted(door.knock('10.0.0.1', 0)).left();
  expect(door.knock('10.0.0.1', 0)).toMatchObject({ ok: false, status: 429, retryAfterMs: 200 });
  expect(statusOf(door.knock('10.0.0.1', 200))).toBe(200);
});

test('[GW6] what an address did is forgotten when it makes no difference any more, and not before', () => {
  const door = openDoor();
  const admission = admitted(door.knock('10.0.0.1', 0));
  for (let i = 0; i < 5; i++) admitted(door.knock('10.0.0.1', 0)).left();
  door.sweep(10);
  expect(statusOf(door.knock('10.0.0.1', 10))).toBe(429);
  admission.left();
  door.sweep(60_000);
  for (let i = 0; i < 6; i++) admitted(door.knock('10.0.0.1', 60_000)).left();
});

test('[GW10] this machine is not counted per address, unless it shall be', () => {
  const door = openDoor({ unproven: 100 });
  for (let i = 0; i < 50; i++) admitted(door.knock('127.0.0.1', 0));
  const strict = openDoor({ limitLoopback: true });
  for (let i = 0; i < 3; i++) admitted(strict.knock('127.0.0.1', 0));
  expect(statusOf(strict.knock('127.0.0.1', 0))).toBe(429);
});

test('[GW6] an IPv6 /48 may have so many connections open, however many /64 they come from', () => {
  const door = openDoor({ unproven: 100, perSite: 5 });
  const admissions = [1, 2, 3, 4, 5].map((n) => admitted(door.knock(`2001:db8:1:${n}::1`, 0)));
  expect(statusOf(door.knock('2001:db8:1:6::1', 0))).toBe(429);
  expect(statusOf(door.knock('2001:db8:2:6::1', 0))).toBe(200);
  admissions[0]?.left();
  expect(statusOf(door.knock('2001:db8:1:6::1', 0))).toBe(200);
});

test('[GW19] whoever is turned away because too many are coming is told when to come back', () => {
  const door = openDoor({ unproven: 0 });
  expect(door.knock('10.0.0.1', 0)).toMatchObject({ status: 503, retryAfterMs: TURNED_AWAY_MS });
});

test('[GW20] an address with a penalty is refused, this machine is not', () => {
  const door = openDoor({}, { penaltyMs: 1 });
  expect(door.knock('10.0.0.1', 0)).toMatchObject({ status: 429, retryAfterMs: 1 });
  expect(statusOf(door.knock('127.0.0.1', 0))).toBe(200);
});

test.each<[Strain, number]>([
  [0, 4],
  [1, 3],
  [2, 1],
  [3, 0],
])('[GW21] under strain %i, %i newcomers at a time are let in, and this machine always', (strain, most) => {
  const door = openDoor({ unprovenUnderStrain: 3 }, { strain });
  const statuses = [1, 2, 3, 4, 5].map((n) => statusOf(door.knock(`10.0.0.${n}`, 0)));
  expect(statuses).toEqual([1, 2, 3, 4, 5].map((n) => (n <= most ? 200 : 503)));
  if (most < 4) expect(statusOf(door.knock('127.0.0.1', 0))).toBe(200);
});
