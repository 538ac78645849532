/** 20,000 frames in the gate; `npm run fuzz` sends millions. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuzzFrames, publishEndlessJobs } from './frame-fuzz.ts';
import { NetworkCoordinator } from './network-coordinator.ts';

const SEED = 1;
const STRANGERS_FRAMES = 4_000;
const GUESTS_FRAMES = 16_000;

let coordinator: NetworkCoordinator;
beforeEach(async () => {
  // Nothing is written by itself.
  coordinator = await NetworkCoordinator.open({ engine: { keepAliveMs: 3_600_000 } });
  await publishEndlessJobs(coordinator);
});
afterEach(() => coordinator[Symbol.asyncDispose]());

test('[NW2] nothing that a stranger says has an effect: the store is the same, and each is cut off at its first frame', async () => {
  const before = coordinator.booked();
  expect(before['job']?.length).toBe(3);
  const { findings, closings } = await fuzzFrames(coordinator, { frames: STRANGERS_FRAMES, seed: SEED, who: 'strangers' });
  expect(findings).toEqual([]);
  expect([...closings.keys()].sort()).toEqual([1007, 1008, 1009, 4001, 4002]);
  expect(coordinator.booked()).toEqual(before);
  expect(await coordinator.close()).toEqual([]);
}, 240_000);

test('[NW3] whatever a proven host says, it is answered or cut off within that frame, the honest are served, and the books are clean', async () => {
  const { findings, kinds, recorded, served } = await fuzzFrames(coordinator, { frames: GUESTS_FRAMES, seed: SEED, who: 'guests' });
  expect(findings).toEqual([]);
  expect(kinds.size).toBe(20);
  expect(served).toBeGreaterThan(5);
  expect(await coordinator.close()).toEqual([]);
  const { found, results } = coordinator.fsck();
  expect(found).toEqual({});
  // Everything that was acknowledged is there (I1).
  expect(results).toBeGreaterThanOrEqual(recorded.size + served);
  expect(recorded.size).toBeGreaterThan(30);
}, 240_000);
