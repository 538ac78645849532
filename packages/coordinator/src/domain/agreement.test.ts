import type { Digest } from '@manyhands/protocol';
import { digestOf } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersOf, type Comparison, type CountedVote, pairsToAsk } from './agreement.ts';

// Ten digests whose order is that of their letters.
const [A, B, C, D, ...others] = [...'abcdefghij'].map(digestOf).sort() as [Digest, Digest, Digest, Digest, ...Digest[]];
const votesFor = (...digests: Digest[]): CountedVote[] => digests.map((digest, no) => ({ no, digest }));
const yes = (a: Digest, b: Digest): Comparison => [a, b, true];
const no = (a: Digest, b: Digest): Comparison => [a, b, false];
const answers = (votes: CountedVote[], ...comparisons: Comparison[]): (Digest | undefined)[] => {
  const found = answersOf(votes, comparisons);
  return votes.map((vote) => found.get(vote.no));
};

test('[JU9] nobody has answered: nothing to ask, no groups', () => {
  expect(pairsToAsk([], [])).toEqual([]);
  expect(answersOf([], [])).toEqual(new Map());
});

test('[JU9] every two different digests are asked about once, in either order', () => {
  expect(pairsToAsk(votesFor(A, A), [])).toEqual([]);
  expect(pairsToAsk(votesFor(C, A, B, A), [])).toEqual([
    [A, B],
    [A, C],
    [B, C],
  ]);
  expect(pairsToAsk(votesFor(C, A, B), [no(C, A), yes(B, C)])).toEqual([[A, B]]);
});

test('[JU10] groups are cliques: the ends of a chain are not together', () => {
  expect(answers(votesFor(A, B, C), yes(A, B), yes(B, C), no(A, C))).toEqual([B, B, C]);
  expect(answers(votesFor(A, B, C), yes(A, B), yes(B, C), yes(A, C))).toEqual([A, A, A]);
});

test('[JU10] the group with the most votes comes first, however many digests it has', () => {
  expect(answers(votesFor(A, A, B, C, C, C), yes(A, B), yes(B, C), no(A, C))).toEqual([A, A, C, C, C, C]);
  expect(answers(votesFor(A, A, A, B, C, D), yes(B, C), yes(C, D))).toEqual([A, A, A, C, C, D]);
});

test('[JU10] of equal groups the one whose digests come first, and what is left is grouped in turn', () => {
  expect(answers(votesFor(A, B, C, D), yes(A, C), yes(B, C), yes(B, D), yes(C, D))).toEqual([A, C, C, C]);
  expect(answers(votesFor(A, B, C, D), yes(A, C), yes(B, D))).toEqual([A, B, A, B]);
});

test('[JU10] what was not compared does not agree', () => {
  expect(answers(votesFor(A, B))).toEqual([A, B]);
});

test('[JU11] a group is spoken for by its digest with the most votes, then by the one that others agree with, then by the smallest', () => {
  expect(answers(votesFor(A, B, B), yes(A, B))).toEqual([B, B, B]);
  expect(answers(votesFor(A, B, C), yes(A, B), yes(B, C))).toEqual([B, B, C]);
  expect(answers(votesFor(A, B), yes(A, B))).toEqual([A, A]);
});

const DIGESTS = [A, B, C, D, ...others];
const sampleVotes = fc.array(fc.nat(9), { maxLength: 10 }).map((picks) => votesFor(...picks.map((pick) => DIGESTS[pick] as Digest)));
const sampleAnswers = fc
  .array(fc.tuple(fc.nat(9), fc.nat(9), fc.boolean()), { maxLength: 45 })
  .map((all) => new Map(all.filter(([a, b]) => a !== b).map(([a, b, agree]) => [Math.min(a, b) * 10 + Math.max(a, b), agree])))
  .map((known) => [...known].map(([at, agree]): Comparison => [DIGESTS[Math.floor(at / 10)] as Digest, DIGESTS[at % 10] as Digest, agree]));
const shuffled = <T>(all: T[]) => fc.shuffledSubarray(all, { minLength: all.length });
const scene = fc
  .tuple(sampleVotes, sampleAnswers)
  .chain(([votes, known]) =>
    fc.record({ votes: fc.constant(votes), known: fc.constant(known), moved: shuffled(votes), mixed: shuffled(known) }),
  );
const flipped = ([a, b, agree]: Comparison): Comparison => [b, a, agree];
const agree = (known: readonly Comparison[], a: Digest, b: Digest): boolean =>
  a === b || known.some(([x, y, yes]) => yes && ((x === a && y === b) || (x === b && y === a)));

test('[JU10] neither the order of the votes, nor that of the comparisons, nor which side of a pair came first decides', () => {
  fc.assert(
    fc.property(scene, ({ votes, known, moved, mixed }) => {
      const inOrder = [...answersOf(votes, known)].sort(([a], [b]) => a - b);
      expect([...answersOf(moved, mixed.map(flipped))].sort(([a], [b]) => a - b)).toEqual(inOrder);
      expect(pairsToAsk(moved, mixed.map(flipped))).toEqual(pairsToAsk(votes, known));
    }),
  );
});

test('[JU10] every group is a clique, and none that could be formed is heavier than the first', () => {
  fc.assert(
    fc.property(scene, ({ votes, known }) => {
      const found = answersOf(votes, known);
      const groups = [...Map.groupBy(votes, (vote) => found.get(vote.no)).values()];
      for (const group of groups) for (const a of group) for (const b of group) expect(agree(known, a.digest, b.digest)).toBe(true);
      expect(Math.max(0, ...groups.map(({ length }) => length))).toBe(heaviest(votes, known));
    }),
  );
});

/** The size of the largest set of votes that agree pairwise, found by looking at every set. */
function heaviest(votes: readonly CountedVote[], known: readonly Comparison[]): number {
  let most = 0;
  for (let set = 0; set < 1 << votes.length; set++) {
    const members = votes.filter((_, i) => (set >> i) & 1);
    if (members.length > most && members.every((a) => members.every((b) => agree(known, a.digest, b.digest)))) most = members.length;
  }
  return most;
}

test('[JU11] whoever speaks for a group is one of it', () => {
  fc.assert(
    fc.property(scene, ({ votes, known }) => {
      const found = answersOf(votes, known);
      for (const { no, digest } of votes) {
        const answer = found.get(no) as Digest;
        expect(votes.some((vote) => vote.digest === answer && found.get(vote.no) === answer)).toBe(true);
        expect(agree(known, digest, answer)).toBe(true);
      }
    }),
  );
});

test('[JU9] exact agreement is grouping by digest', () => {
  fc.assert(
    fc.property(sampleVotes, (votes) => {
      expect(answersOf(votes, [])).toEqual(new Map(votes.map((vote) => [vote.no, vote.digest])));
    }),
  );
});

test('[JU9] once every pair asked is answered, nothing more is asked', () => {
  fc.assert(
    fc.property(scene, ({ votes, known }) => {
      const answered = pairsToAsk(votes, known).map(([a, b]) => yes(a, b));
      expect(pairsToAsk(votes, [...known, ...answered])).toEqual([]);
    }),
  );
});
