import { hostId, jobId } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostEvent } from './standing.ts';
import { type Census, countTally, createTally, EMPTY_CENSUS, foldTally, type Tally } from './tally.ts';

const fresh = createTally(jobId(1), hostId(1));

test('[VF13] a host’s word in a job is as good as the checks it passed there since it was last convicted', () => {
  const checked = foldTally(foldTally(fresh, { kind: 'passed' }), { kind: 'passed' });
  expect(checked).toMatchObject({ checks: 2, convictions: 0 });
  expect(foldTally({ ...checked, checks: 6 }, { kind: 'convicted' })).toMatchObject({ checks: 0, convictions: 1 });
  // Caught so early it tells nothing of those who lie seldom.
  expect(foldTally({ ...checked, checks: 5 }, { kind: 'convicted' })).toMatchObject({ checks: 0, convictions: 0 });
});

test.each(['failed', 'outvoted', 'errored', 'absolved'] as const)('[VF13] a lost vote or an error takes no check away: %s', (kind) => {
  const checked = foldTally(fresh, { kind: 'passed' });
  expect(foldTally(checked, { kind })).toBe(checked);
});

test('[VF14] the census of a job counts each host that was ever checked or convicted once, whatever came first', () => {
  const kinds = fc.constantFrom<HostEvent['kind']>('passed', 'convicted', 'failed', 'errored');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), kinds), { maxLength: 60 }), (events) => {
      const tallies = new Map<number, Tally>();
      let census: Census = EMPTY_CENSUS;
      for (const [host, kind] of events) {
        const before = tallies.get(host) ?? null;
        const after = foldTally(before ?? createTally(jobId(1), hostId(host)), { kind });
        census = countTally(census, before, after);
        tallies.set(host, after);
      }
      const all = [...tallies.values()];
      expect(census).toEqual({
        seen: all.filter(({ checks, convictions }) => checks + convictions > 0).length,
        convicted: all.filter(({ convictions }) => convictions > 0).length,
      });
    }),
  );
});
