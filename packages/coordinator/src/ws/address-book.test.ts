import { FakeClock } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { AddressBook } from './address-book.ts';
import { WS_LIMITS } from './ws-limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function openBook() {
  const clock = new FakeClock();
  const addresses = new AddressBook(WS_LIMITS, clock);
  const registered = (address: string, times: number) =>
    Array.from({ length: times }, () => addresses.register(address)).filter((ms) => ms === 0).length;
  return { clock, addresses, registered };
}

test.each([
  [4, 0],
  [5, 0],
  [6, 10 * MINUTE_MS],
])('[GW20] after %i broken connections in a minute an address is kept out for %i ms, and its neighbour is not', (faults, penaltyMs) => {
  const { addresses } = openBook();
  for (let i = 0; i < faults; i++) addresses.fault('10.0.0.1');
  expect([addresses.penaltyMs('10.0.0.1'), addresses.penaltyMs('10.0.0.2')]).toEqual([penaltyMs, 0]);
});

test('[GW20] a penalty ends, and one broken connection every 12 seconds is none', () => {
  const { addresses, clock } = openBook();
  for (let i = 0; i < 6; i++) addresses.fault('2001:db8::1');
  clock.advance(10 * MINUTE_MS - 1);
  expect(addresses.penaltyMs('2001:db8::2')).toBe(1);
  clock.advance(1);
  addresses.sweep();
  for (let i = 0; i < 100; i++) {
    addresses.fault('2001:db8::1');
    clock.advance(12_000);
  }
  expect(addresses.penaltyMs('2001:db8::1')).toBe(0);
});

test('[GW20] a clock that steps back prolongs no penalty', () => {
  const { addresses, clock } = openBook();
  for (let i = 0; i < 6; i++) addresses.fault('10.0.0.1');
  clock.jump(-HOUR_MS);
  expect(addresses.penaltyMs('10.0.0.1')).toBe(0);
});

test('[GW22] ten hosts register from one address at once, the next when eighteen minutes have passed', () => {
  const { addresses, clock, registered } = openBook();
  expect([registered('10.0.0.1', 9), registered('10.0.0.1', 1), registered('10.0.0.1', 1)]).toEqual([9, 1, 0]);
  expect(addresses.register('10.0.0.1')).toBeCloseTo(18 * MINUTE_MS, 3);
  expect(registered('10.0.0.2', 1)).toBe(1);
  clock.advance(18 * MINUTE_MS - 1);
  expect(registered('10.0.0.1', 1)).toBe(0);
  clock.advance(2);
  expect(registered('10.0.0.1', 2)).toBe(1);
});

test('[GW22] five hundred from one IPv6 /48, however many networks it has', () => {
  const { registered } = openBook();
  const perNetwork = Array.from({ length: 51 }, (_, network) => registered(`2001:db8:1:${network.toString(16)}::1`, 10));
  expect([perNetwork.slice(0, 50).every((count) => count === 10), perNetwork[50]]).toEqual([true, 0]);
  expect(registered('2001:db8:2::1', 1)).toBe(1);
});
