import { expect, test } from 'vitest';
import { Pulse } from './pulse.ts';

const NEVER = new AbortController().signal;
const settled = async (promise: Promise<void>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

test('[HT16] a beat between looking and waiting is not missed', async () => {
  const pulse = new Pulse();
  const seen = pulse.beats;
  pulse.beat();
  expect(await settled(pulse.after(seen, NEVER))).toBe(true);
  expect(await settled(pulse.after(pulse.beats, NEVER))).toBe(false);
});

test('[HT16] a beat wakes everybody who waits', async () => {
  const pulse = new Pulse();
  const waiting = [pulse.after(0, NEVER), pulse.after(0, NEVER)];
  pulse.beat();
  expect(await settled(Promise.all(waiting).then(() => {}))).toBe(true);
});

test('[HT24] an abort ends the waiting, also one from before', async () => {
  const pulse = new Pulse();
  const leaving = new AbortController();
  const waiting = pulse.after(0, leaving.signal);
  leaving.abort();
  expect(await settled(waiting)).toBe(true);
  expect(await settled(pulse.after(0, leaving.signal))).toBe(true);
});
