import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MachineClock } from '../ports/clock.ts';
import { createSteadyClock } from './steady-clock.ts';
import { systemClock } from './system-clock.ts';

const HOUR_MS = 3_600_000;
const START = 1_700_000_000_000;

/** A machine whose clock is set by hand. `sleep`: its count stands still, its clock goes on. */
class Machine implements MachineClock {
  #offsetMs = START;
  #elapsedMs = 12.5;
  readonly behind: number[] = [];
  readonly now = () => Math.floor(this.#offsetMs + this.#elapsedMs);
  readonly elapsedMs = () => this.#elapsedMs;
  readonly every = () => ({ [Symbol.dispose]: () => {} });

  pass(ms: number): void {
    this.#elapsedMs += ms;
  }

  set(byMs: number): void {
    this.#offsetMs += byMs;
  }

  steady(notBefore: number | null = null) {
    return createSteadyClock(this, { notBefore, onBehind: (ms) => this.behind.push(ms) });
  }
}

test('[SV9] a clock that nobody sets is followed exactly', () => {
  const machine = new Machine();
  const clock = machine.steady();
  for (const ms of [0, 0.3, 1, 5_000, 86_400_000]) {
    machine.pass(ms);
    expect(clock.now()).toBe(machine.now());
  }
  expect(machine.behind).toEqual([]);
});

test('[SV9] set back by an hour, time goes on at once and slower, and is the clock’s again after sixteen hours', () => {
  const machine = new Machine();
  const clock = machine.steady();
  const before = clock.now();
  machine.set(-HOUR_MS);
  expect(clock.now()).toBe(before);
  machine.pass(16_000);
  expect(clock.now() - before).toBe(15_000);
  // However often it is asked for.
  for (let i = 0; i < 16_000; i++) {
    machine.pass(1);
    clock.now();
  }
  expect(clock.now() - before).toBe(30_000);
  machine.pass(16 * HOUR_MS - 32_000);
  expect(Math.abs(clock.now() - machine.now())).toBeLessThanOrEqual(1);
  machine.pass(HOUR_MS);
  expect(clock.now()).toBe(machine.now());
});

test('[SV10] set forward, or after a sleep, time is the clock’s', () => {
  const machine = new Machine();
  const clock = machine.steady();
  machine.set(HOUR_MS);
  expect(clock.now()).toBe(machine.now());
});

test('[SV9] whatever the clock is set to, time never goes back, and a stretch of it is never shorter than it was, nor more than a sixteenth slower', () => {
  const step = fc.record({ pass: fc.nat({ max: HOUR_MS }), set: fc.integer({ min: -10 * HOUR_MS, max: 0 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const machine = new Machine();
      const clock = machine.steady();
      for (const { pass, set } of steps) {
        const before = clock.now();
        machine.set(set);
        machine.pass(pass);
        const passed = clock.now() - before;
        expect(passed).toBeGreaterThanOrEqual(Math.floor((pass * 15) / 16));
        expect(passed).toBeLessThanOrEqual(pass + 1);
      }
    }),
  );
});

test('[SV11] a start goes on from what is on record, and at the clock where that is later', () => {
  const machine = new Machine();
  const clock = machine.steady(machine.now() + HOUR_MS);
  const before = clock.now();
  expect(before).toBe(machine.now() + HOUR_MS);
  machine.pass(16_000);
  expect(clock.now()).toBe(before + 15_000);
  expect(machine.steady(START - HOUR_MS).now()).toBe(machine.now());
});

test('[SV12] the operator is told once for each time that the clock is set back', () => {
  const machine = new Machine();
  const clock = machine.steady(machine.now() + HOUR_MS);
  machine.pass(1_000);
  clock.now();
  expect(machine.behind).toEqual([HOUR_MS]);
  machine.pass(16 * HOUR_MS);
  clock.now();
  machine.set(-30_000);
  clock.now();
  expect(machine.behind).toHaveLength(1);
  machine.set(-HOUR_MS);
  clock.now();
  clock.now();
  expect(machine.behind).toHaveLength(2);
});

test('[SV9] the real clock of this machine is followed', () => {
  const clock = createSteadyClock(systemClock, { notBefore: null, onBehind: () => {} });
  const before = Date.now();
  const shown = clock.now();
  expect(shown).toBeGreaterThanOrEqual(before);
  expect(shown).toBeLessThanOrEqual(Date.now());
});
