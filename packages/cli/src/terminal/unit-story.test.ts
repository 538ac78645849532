import type { Digest, StoryEvent, UnitView } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { unitStory } from './unit-story.ts';
import { moment } from './words.ts';

const id = <T extends string>(prefix: string, letter: string): T => `${prefix}_${letter.repeat(22)}` as T;
const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}` as Digest;
const NOON = Date.UTC(2026, 4, 1, 12);
const holder = (no: number) => ({ no, host: id<never>('host', 'abc'[no] ?? 'd'), account: id<never>('account', 'abc'[no] ?? 'd') });

function view(story: readonly StoryEvent[], changes: Partial<UnitView> = {}): UnitView {
  return {
    id: `${id('job', 'j')}/17`,
    job: id('job', 'j'),
    index: 17,
    title: 'Longest chains',
    verify: { kind: 'confidence', wrongIn: 10_000, agree: { kind: 'exact' } },
    input: '{"from":1}',
    state: { kind: 'open' },
    replicas: [],
    evidence: [],
    story,
    names: { [holder(0).account]: 'Ada', [holder(1).account]: 'Grace' },
    ...changes,
  };
}

/** The sentence an event becomes. */
const said = (event: StoryEvent, before: readonly StoryEvent[] = []): string =>
  unitStory(view([...before, event]))
    .split('\n')
    .at(-1)
    ?.slice(23) ?? '';
const answered = (no: number): StoryEvent => ({ kind: 'answered', at: NOON, ...holder(no), answer: 'A', digest: digest('a'), late: false });

test('[CL20] the story begins with the unit’s state, the policy, the input and the answers, and tells each event with its time', () => {
  const story: StoryEvent[] = [
    { kind: 'handed-out', at: NOON, ...holder(0), purpose: 'work' },
    answered(0),
    { kind: 'provisional', at: NOON + 1_000, answer: 'A' },
    { kind: 'waits', at: null, for: 'audit' },
  ];
  const body = { kind: 'ok', digest: digest('a'), output: '{"n":97}' } as const;
  const evidence = [{ ...holder(0), receivedAt: NOON, elapsedMs: 5, late: false, body }];
  expect(unitStory(view(story, { state: { kind: 'provisional', digest: digest('a'), at: NOON }, evidence }))).toBe(
    [
      `Unit ${id('job', 'j')}/17 of "Longest chains" has an answer that is believed for now.`,
      '',
      '  policy   at most one answer in 10,000 may be wrong',
      '  input    {"from":1}',
      '  answer A {"n":97}',
      '',
      `  ${moment(NOON)}  Given to Ada.`,
      `  ${moment(NOON)}  Ada answered A.`,
      `  ${moment(NOON + 1_000)}  A is believed for now: it rests on the word of too few to be final.`,
      '                       It waits for the audit at the end of the job, which asks whether what its host was checked on suffices.',
    ].join('\n'),
  );
});

const odds = (checks: readonly number[], chance: number): StoryEvent => ({
  kind: 'final',
  at: NOON,
  answer: 'A',
  reason: { kind: 'odds', odds: chance, wrongIn: 10_000, members: checks.map((n, no) => ({ no, checks: n })) },
});

test.each<[string, StoryEvent, number[]]>([
  [
    'Final: A. The odds that Ada and Grace are both liars: 1 in 52,300, having passed 12 and 9 checks; 1 in 10,000 was asked for.',
    odds([12, 9], 1 / 52_312),
    [0, 1],
  ],
  ['Final: A. The odds that Ada is a liar: 1 in 10,200, having passed 1 check; 1 in 10,000 was asked for.', odds([1], 1 / 10_200), [0]],
  [
    'Final: A. The odds that Ada, Grace and host_cccccc… are all liars: 1 in 3,000,000, having passed 4, 4 and 0 checks; 1 in 10,000 was asked for.',
    odds([4, 4, 0], 1 / 3e6),
    [0, 1, 2],
  ],
])('[CL20] %s', (sentence, event, members) => {
  expect(said(event, members.map(answered))).toBe(sentence);
});

const final = (reason: Extract<StoryEvent, { kind: 'final' }>['reason']): StoryEvent => ({ kind: 'final', at: NOON, answer: 'A', reason });
const refused = (why: Extract<StoryEvent, { kind: 'disbelieved' }>['why'], takenBack = 0): StoryEvent => ({
  kind: 'disbelieved',
  at: NOON,
  ...holder(0),
  answer: 'B',
  why,
  takenBack,
});
const came = { at: NOON, ...holder(0) };

test.each<[string, StoryEvent]>([
  ['Given to Ada too, to check the answer that was believed for now.', { kind: 'handed-out', ...came, purpose: 'audit' }],
  ['Given to Ada to check that computer: the answer was known.', { kind: 'handed-out', ...came, purpose: 'canary' }],
  [
    'Ada answered B, when its time had run out: kept, and not counted.',
    { kind: 'answered', ...came, answer: 'B', digest: digest('b'), late: true },
  ],
  ['Ada could not compute it (thrown): not today', { kind: 'errored', ...came, error: 'thrown', message: 'not\ntoday' }],
  ['Ada said nothing until its time had run out.', { kind: 'lost', ...came, at: null, cause: 'expired' }],
  ['Ada gave it back.', { kind: 'lost', ...came, cause: 'released' }],
  ['Ada was told to stop: the unit had ended.', { kind: 'lost', ...came, cause: 'revoked' }],
  ['The coordinator was asked to compute it itself.', { kind: 'referee', at: null, answer: null }],
  ['The coordinator computed it itself: B.', { kind: 'referee', at: null, answer: 'B' }],
  ['Ada is believed for now and earned 0.0123 credit.', { kind: 'believed', ...came, answer: 'A', credit: 0.012345 }],
  ['Ada is believed for now.', { kind: 'believed', ...came, answer: 'A', credit: 0 }],
  ['Ada was wrong: the right answer is known, and it is not B.', refused('truth')],
  ['Ada is not believed: others agree on another answer than B.', refused('vote')],
  ["Ada was wrong: B did not pass the author's check.", refused('check')],
  [
    'Ada is not believed any more: it was found wrong on another unit of this job. What it had earned was taken back: 1.5 credit.',
    refused('convicted', 1.5),
  ],
  ['Ada answered when there was an answer, and B is another one.', refused('differs')],
  ["Final: A. It passed the author's check.", final({ kind: 'proof' })],
  ['Final: A. It is what the coordinator computed itself.', final({ kind: 'referee' })],
  ['Final: A. One answer was asked for.', final({ kind: 'quorum', agreed: 1, wanted: 1 })],
  ['Final: A. 3 accounts gave it, and 2 were asked for.', final({ kind: 'quorum', agreed: 3, wanted: 2 })],
  ['Failed (no-consensus): nobody agreed', { kind: 'failed', at: NOON, reason: 'no-consensus', message: 'nobody agreed' }],
  [
    'Taken back: A is not final any more. The coordinator computed it itself, and found another answer.',
    { kind: 'retracted', at: NOON, answer: 'A', why: 'refuted' },
  ],
  [
    'Taken back: A is not final any more. Everybody whose word it rested on was found wrong on another unit of this job since.',
    { kind: 'retracted', at: NOON, answer: 'A', why: 'convicted' },
  ],
  ['Cancelled with its job.', { kind: 'cancelled', at: NOON }],
  [`Ada is computing it, and has until ${moment(NOON)} to say something.`, { kind: 'computing', ...came, at: null, until: NOON }],
  ['It has not been handed out yet, and waits for its turn.', { kind: 'waits', at: null, for: 'turn' }],
  [
    'It waits for a volunteer whose word counts: those who answered had not passed enough checks yet.',
    { kind: 'waits', at: null, for: 'word' },
  ],
])('[CL20] %s', (sentence, event) => {
  expect(said(event)).toBe(sentence);
});

test('[CL20] who is believed when the unit is final is believed for good', () => {
  const believed: StoryEvent = { kind: 'believed', ...came, answer: 'A', credit: 2 };
  expect(said(believed, [final({ kind: 'proof' })])).toBe('Ada is believed and earned 2 credit.');
});

test('[CL20] two who go by one name are told apart, and those without one go by their host', () => {
  const names = { [holder(0).account]: 'Ada', [holder(1).account]: 'Ada' };
  const text = unitStory(view([0, 1, 2].map(answered), { names }));
  expect(
    text
      .split('\n')
      .slice(-3)
      .map((line) => line.slice(23)),
  ).toEqual(['Ada (host_aaaaaa…) answered A.', 'Ada (host_bbbbbb…) answered A.', 'host_cccccc… answered A.']);
});

test.each<[string, UnitView['verify']]>([
  ["an answer must pass the author's own check", { kind: 'proof' }],
  ['the first answer counts', { kind: 'quorum', k: 1, agree: { kind: 'exact' } }],
  ["3 accounts must give the same answer, the same by the author's own comparison", { kind: 'quorum', k: 3, agree: { kind: 'author' } }],
  [
    'at most one answer in 1,000 may be wrong, the same within 0.5 or 1 %',
    { kind: 'confidence', wrongIn: 1_000, agree: { kind: 'within', abs: 0.5, rel: 0.01 } },
  ],
])('[CL20] a policy in words: %s', (words, verify) => {
  expect(unitStory(view([], { verify }))).toContain(`policy   ${words}\n`);
});
