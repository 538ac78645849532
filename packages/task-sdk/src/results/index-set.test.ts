import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexSet } from './index-set.ts';

test('[SK29] a set of indexes holds what was added, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 100_000 }), { maxLength: 50 }),
      fc.array(fc.nat({ max: 200_000 }), { maxLength: 50 }),
      (added, asked) => {
        const [set, model] = [new IndexSet(), new Set(added)];
        for (const index of added) set.add(index);
        for (const index of [...added, ...asked]) expect(set.has(index)).toBe(model.has(index));
      },
    ),
  );
});
