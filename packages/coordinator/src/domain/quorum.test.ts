import { accountId, digestOf, hostId, leaseId } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quorumVerdict, strongestAgreement } from './quorum.ts';
import type { Replica } from './work-unit.ts';

const vote = (no: number, account: number, answer: string): Replica => ({
  kind: 'returned',
  no,
  digest: digestOf(answer),
  returnedAt: 2,
  lease: leaseId(no),
  host: hostId(no),
  account: accountId(account),
  leasedAt: 1,
});

test('[WU8] nobody has voted: no verdict', () => {
  expect(strongestAgreement([{ kind: 'ready', no: 0 }])).toBeNull();
  expect(quorumVerdict([{ kind: 'ready', no: 0 }], 1)).toBeNull();
});

test('[WU8] an account has one vote, its first', () => {
  const votes = [vote(0, 1, 'a'), vote(1, 1, 'a'), vote(2, 1, 'b')];
  expect(strongestAgreement(votes)).toEqual({ digest: digestOf('a'), votes: 1 });
  expect(quorumVerdict(votes, 2)).toBeNull();
  expect(quorumVerdict([...votes, vote(3, 2, 'a')], 2)).toBe(digestOf('a'));
});

test('[WU9] every order of one set of results gives the same verdict', () => {
  const votes = fc.uniqueArray(fc.record({ account: fc.nat(12), answer: fc.constantFrom('a', 'b', 'c') }), {
    selector: ({ account }) => account,
    maxLength: 10,
  });
  const shuffled = votes.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.integer({ min: 1, max: 5 })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other, k]) => {
      const verdictOf = (order: typeof one) =>
        quorumVerdict(
          order.map(({ account, answer }, no) => vote(no, account, answer)),
          k,
        );
      expect(verdictOf(other)).toBe(verdictOf(one));
    }),
  );
});
