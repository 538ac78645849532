import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentWorld } from '../../test/agent-world.ts';

/** Something that happens around the daemon. */
type Move = (world: AgentWorld) => void;

const pick = fc.nat(50);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3_000).map((ms) => (world: AgentWorld) => world.advance(ms)) },
  { weight: 1, arbitrary: fc.nat(400_000).map((ms) => (world: AgentWorld) => world.advance(ms)) },
  { weight: 3, arbitrary: fc.nat(40).map((quota) => (world: AgentWorld) => world.welcome(quota)) },
  { weight: 3, arbitrary: fc.nat(4).map((every) => (world: AgentWorld) => world.answerReconcile(every)) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }).map((count) => (world: AgentWorld) => world.assign(count)) },
  { weight: 1, arbitrary: fc.constant((world: AgentWorld) => world.assignAgain()) },
  { weight: 6, arbitrary: pick.map((n) => (world: AgentWorld) => world.prepare(n, 'prepared')) },
  { weight: 1, arbitrary: pick.map((n) => (world: AgentWorld) => world.prepare(n, 'unusable')) },
  {
    weight: 6,
    arbitrary: fc.tuple(pick, fc.double({ min: 0, max: 5_000, noNaN: true })).map(
      ([n, elapsedMs]) =>
        (world: AgentWorld) =>
          world.end(n, { status: 'ok', output: '1', elapsedMs }),
    ),
  },
  {
    weight: 1,
    arbitrary: pick.map((n) => (world: AgentWorld) => world.end(n, { status: 'error', kind: 'thrown', message: 'x', elapsedMs: 1 })),
  },
  { weight: 1, arbitrary: pick.map((n) => (world: AgentWorld) => world.end(n, { status: 'aborted' })) },
  { weight: 1, arbitrary: pick.map((n) => (world: AgentWorld) => world.spoil(n)) },
  { weight: 4, arbitrary: fc.constant((world: AgentWorld) => world.keep()) },
  { weight: 4, arbitrary: fc.nat(8).map((count) => (world: AgentWorld) => world.record(count)) },
  {
    weight: 2,
    arbitrary: fc.option(fc.nat(30_000)).map((told) => (world: AgentWorld) => world.lose(false, told)),
  },
  {
    weight: 1,
    arbitrary: fc.nat(5_000).map((retryAfterMs) => (world: AgentWorld) => world.say({ type: 'no-work', retryAfterMs, reason: 'no-jobs' })),
  },
  { weight: 1, arbitrary: fc.nat(5_000).map((retryAfterMs) => (world: AgentWorld) => world.say({ type: 'drain', retryAfterMs })) },
  {
    weight: 2,
    arbitrary: pick.map((n) => (world: AgentWorld) => {
      const lease = [...world.noted][n % Math.max(1, world.noted.size)];
      if (lease !== undefined) world.revoke(lease);
    }),
  },
  {
    weight: 1,
    arbitrary: pick.map((n) => (world: AgentWorld) => {
      const lease = [...world.executing][n % Math.max(1, world.executing.size)];
      if (lease !== undefined) world.feed({ kind: 'progressed', lease, fraction: n / 50 });
      if (lease !== undefined && n % 2 === 0) world.feed({ kind: 'checkpointed', lease });
    }),
  },
  { weight: 1, arbitrary: fc.option(fc.nat(5_000)).map((ms) => (world: AgentWorld) => pauseFor(world, ms)) },
  { weight: 1, arbitrary: fc.constant((world: AgentWorld) => void world.feed({ kind: 'resume' })) },
);

const pauseFor = (world: AgentWorld, ms: number | null): void =>
  void world.feed({ kind: 'pause', untilAt: ms === null ? null : world.now + ms });

const story = fc.array(move, { maxLength: 120, size: 'max' });

test('[WK6] [WK7] [WK9] [WK11] in any order of events no lease is lost or run twice at once, and results stay until recorded', () => {
  fc.assert(
    fc.property(story, fc.integer({ min: 1, max: 4 }), (moves, threads) => {
      const world = new AgentWorld(threads);
      for (const move of moves) move(world);
    }),
    { numRuns: 400 },
  );
});

test('[WK22] whatever happened before, a finish ends as soon as the world answers, with every result recorded', () => {
  fc.assert(
    fc.property(story, (moves) => {
      const world = new AgentWorld();
      for (const move of moves) move(world);
      world.feed({ kind: 'resume' });
      world.feed({ kind: 'finish' });
      world.heal();
      expect(world.ended).toMatchObject({ failure: null });
      for (const lease of world.kept) expect(world.recorded.has(lease)).toBe(true);
      for (const lease of world.noted) expect(world.forgotten.has(lease)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('[WK21] whatever happens, a stop ends within its grace and the last call after it', () => {
  fc.assert(
    fc.property(story, story, (before, after) => {
      const world = new AgentWorld();
      for (const move of before) move(world);
      world.feed({ kind: 'stop' });
      const stoppedAt = world.now;
      for (const move of after) move(world);
      world.advance(Math.max(0, stoppedAt + 7_000 - world.now));
      expect(world.ended).not.toBeNull();
    }),
    { numRuns: 200 },
  );
});
