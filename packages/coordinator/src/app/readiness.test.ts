import { FakeClock } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory/create-memory-store.ts';
import { createReadiness } from './readiness.ts';

function openBench() {
  const clock = new FakeClock();
  const store = createMemoryStore();
  const stopping = new AbortController();
  const state = { writes: 0, broken: false, wroteAt: 0 };
  store.lastAliveAt = async () => 77;
  store.keepAlive = async (at) => {
    state.wroteAt = at;
    state.writes++;
    if (state.broken) throw new Error('disk full');
  };
  return { clock, state, stopping, unreadiness: createReadiness({ store, clock, stopping: stopping.signal }) };
}

test('[SV7] asking a hundred times in a second writes once', async () => {
  const { clock, state, unreadiness } = openBench();
  const answers = await Promise.all(Array.from({ length: 100 }, unreadiness));
  expect([new Set(answers), state.writes]).toEqual([new Set([null]), 1]);
  clock.advance(1_000);
  await unreadiness();
  expect(state.writes).toBe(2);
});

test('[SV7] asking says nothing about how long the coordinator has served', async () => {
  const { state, unreadiness } = openBench();
  await unreadiness();
  expect(state.wroteAt).toBe(77);
});

test('[SV7] a store that cannot be written is not ready, and says why', async () => {
  const { clock, state, unreadiness } = openBench();
  state.broken = true;
  expect(await unreadiness()).toBe('the store cannot be written (disk full)');
  state.broken = false;
  clock.jump(-3_600_000);
  expect(await unreadiness()).toBeNull();
});

test('[SV7] a coordinator that stops is not ready, and asks nothing of its store', async () => {
  const { state, stopping, unreadiness } = openBench();
  stopping.abort();
  expect([await unreadiness(), state.writes]).toEqual(['the coordinator is shutting down', 0]);
});
