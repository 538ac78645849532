import { expect, test } from 'vitest';
import { MemoryStore } from '../../packages/coordinator/src/store/memory/memory-store.ts';
import { CRASH_POINTS, createFragileStore, type Mortal } from './fragile-store.ts';

const AUTHOR = { name: 'ada', key: 'key', tokenHash: 'hash', addedAt: 0, revokedAt: null };

function mortal(): Mortal & { isDead: boolean; isDying: boolean } {
  return {
    isDead: false,
    isDying: false,
    die() {
      this.isDead = true;
    },
    dieWhenQuiet() {
      this.isDying = true;
    },
  };
}

/** `heard`: committed, failed, or never answered. */
const EXPECTED = {
  before: { heard: 'never', isWritten: false, isDead: true, isDying: false },
  rejected: { heard: 'failed', isWritten: false, isDead: false, isDying: false },
  doubtful: { heard: 'failed', isWritten: true, isDead: false, isDying: false },
  after: { heard: 'never', isWritten: true, isDead: true, isDying: false },
  spoken: { heard: 'committed', isWritten: true, isDead: false, isDying: true },
} as const;

test.each(CRASH_POINTS)('[SI5] a crash %s a commit leaves what it says, and the dead hear nothing', async (point) => {
  const rows = new MemoryStore();
  const life = mortal();
  const fragile = createFragileStore(rows, life);
  fragile.crash = { point, commitsLeft: 1 };
  await fragile.store.commit({});
  const commit = fragile.store.commit({ authors: [AUTHOR] }).then(
    () => 'committed',
    () => 'failed',
  );
  const patience = new Promise((resolve) => setImmediate(() => resolve('never')));
  const heard = await Promise.race([commit, patience]);
  const isWritten = (await rows.authors()).length === 1;
  expect({ heard, isWritten, isDead: life.isDead, isDying: life.isDying }).toEqual(EXPECTED[point]);
  const later = new Promise((resolve) => setImmediate(() => resolve('never')));
  expect((await Promise.race([fragile.store.authors(), later])) === 'never').toBe(life.isDead);
});
