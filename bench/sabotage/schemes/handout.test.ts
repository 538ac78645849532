import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_UNIT } from '../world/scheme.ts';
import { Handout } from './handout.ts';
import { Votes } from './votes.ts';

const [UNITS, HOSTS] = [30, 5];
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), host: fc.nat(HOSTS - 1) }),
  fc.record({ kind: fc.constant('want' as const), unit: fc.nat(UNITS - 1) }),
  fc.record({ kind: fc.constant('close' as const), unit: fc.nat(UNITS - 1) }),
);

test('[SA5] a host is given an open unit that it has not had, and nothing only when there is none', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const votes = new Votes(UNITS, HOSTS);
      const closed = new Set<number>();
      const handout = new Handout(UNITS, votes, (unit) => !closed.has(unit));
      const wanted: number[] = [];
      let fresh = 0;
      for (const one of steps) {
        if (one.kind === 'want') {
          handout.want(one.unit);
          wanted.push(one.unit);
        } else if (one.kind === 'close') {
          closed.add(one.unit);
        } else {
          const unit = handout.next(one.host);
          const fits = (candidate: number): boolean => !closed.has(candidate) && !votes.has(candidate, one.host);
          if (unit === NO_UNIT) {
            expect(wanted.some(fits)).toBe(false);
            continue;
          }
          expect(closed.has(unit)).toBe(false);
          if (wanted.some(fits)) {
            expect(fits(unit)).toBe(true);
            wanted.splice(wanted.indexOf(unit), 1);
          } else {
            expect(unit).toBeGreaterThanOrEqual(fresh);
            fresh = unit + 1;
          }
          votes.add(unit, one.host, 0);
        }
      }
    }),
    { numRuns: 60 },
  );
});
