import { digestOf as sha256 } from '@manyhands/identity';
import type { EvidenceLine, EvidenceOf, VerifyPolicy } from '@manyhands/protocol';
import { accountId, confidenceOf, digestOf, hostId, jobId, quorumOf } from '@manyhands/testkit';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Play, playJob, rightAnswer } from '../../test/played-job.ts';
import { POLICY_VERSION } from '../domain/policy-version.ts';
import { type EvidenceReport, verifyEvidence } from './verify-evidence.ts';

async function* texts(lines: readonly (EvidenceLine | string)[]): AsyncGenerator<string> {
  for (const line of lines) yield typeof line === 'string' ? line : JSON.stringify(line);
}
const verify = (lines: readonly (EvidenceLine | string)[]): Promise<EvidenceReport> => verifyEvidence(texts(lines));

const near = (a: string, b: string): boolean => Math.abs(Number(a) - Number(b)) <= 0.5;
const everyThird = (wrong: string) => (host: number, index: number, nth: number) =>
  host === 0 && nth % 3 === 2 ? wrong : rightAnswer(index);
const within: VerifyPolicy = { kind: 'quorum', k: 2, agree: { kind: 'author' } };

const plays: [what: string, play: Play][] = [
  ['a quorum of honest hosts', { verify: quorumOf(2) }],
  [
    'a quorum with a liar and one that fails',
    {
      verify: quorumOf(2),
      hosts: 5,
      answer: (host, index, nth) => (host === 1 && nth % 4 === 1 ? null : everyThird('a lie')(host, index, nth)),
    },
  ],
  [
    'a quorum of answers that agree without being equal',
    { verify: within, hosts: 4, agree: near, answer: (host, index) => String(10 * index + host * 0.3) },
  ],
  ['a quorum that nobody reaches', { verify: quorumOf(3), units: 3, hosts: 10, answer: (host) => `mine ${host}` }],
  ['nothing but errors', { verify: quorumOf(2), units: 3, hosts: 5, answer: () => null }],
  ['proof with a liar', { verify: { kind: 'proof' }, answer: everyThird('a lie') }],
  ['confidence with honest hosts', { verify: confidenceOf(1_000), units: 120 }],
  [
    'confidence with one who lies once trusted',
    {
      verify: confidenceOf(1_000),
      units: 200,
      hosts: 4,
      answer: (host, index, nth) => (host === 0 && nth > 10 ? 'a lie' : rightAnswer(index)),
    },
  ],
  [
    'confidence with answers that agree without being equal, and a liar',
    {
      verify: { ...confidenceOf(1_000), agree: { kind: 'author' } },
      units: 150,
      hosts: 4,
      agree: near,
      right: (index) => String(10 * index),
      answer: (host, index, nth) => String(10 * index + (host === 0 && nth > 10 ? 3 : host * 0.1)),
    },
  ],
  ['confidence with one host alone', { verify: confidenceOf(100), units: 12, hosts: 1 }],
];

test.each(plays)('[CL16] what the engine decided is justified by its evidence: %s', async (_what, play) => {
  const { lines, world, job } = await playJob(play);
  const { counts, unitCount, policyVersion } = world.jobRow(job);
  expect(policyVersion).toBe(POLICY_VERSION);
  const report = await verify(lines);
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({
    units: unitCount,
    verdicts: counts.final + counts.failed,
    justified: counts.final + counts.failed,
    outputs: null,
  });
});

type UnitLine = EvidenceOf<'unit'>;
type Line = EvidenceLine;
const OTHER = digestOf('something else');

/** The evidence of a job with a liar under each policy, made once. */
const made = new Map<string, Line[]>();
beforeAll(async () => {
  for (const [what, play] of plays) made.set(what, (await playJob(play)).lines);
});
const evidence = (what: string): Line[] => structuredClone(made.get(what)) as Line[];
const QUORUM = 'a quorum with a liar and one that fails';
const TRUSTED = 'confidence with one who lies once trusted';

/** Changes the first unit that fits, and tells which it was. */
async function tampered(what: string, fits: (line: UnitLine) => boolean, change: (line: UnitLine) => UnitLine) {
  const lines = evidence(what);
  const at = lines.findIndex((line) => line.type === 'unit' && fits(line));
  expect(at, 'there is such a unit').toBeGreaterThan(0);
  const line = lines[at] as UnitLine;
  const { violations, verdicts, justified } = await verify(lines.with(at, change(line)));
  const own = violations.filter(({ subject }) => subject.endsWith(`/${line.index}`));
  return { messages: own.map(({ message }) => message).join('; '), unjustified: verdicts - justified };
}

const isFinal = ({ state }: UnitLine): boolean => state.kind === 'final';
const byOdds = ({ state }: UnitLine): boolean =>
  state.kind === 'final' && state.grounds?.kind === 'odds' && state.grounds.members.length > 1;
const byReferee = ({ state }: UnitLine): boolean => state.kind === 'final' && state.grounds?.kind === 'referee';
const hasLiar = (line: UnitLine): boolean => isFinal(line) && line.replicas.some((replica) => replica.kind === 'judged' && !replica.valid);
const replicaAt = (line: UnitLine, no: number, change: object): UnitLine => ({
  ...line,
  replicas: line.replicas.map((replica) => (replica.no === no ? ({ ...replica, ...change } as typeof replica) : replica)),
});
type Odds = Extract<NonNullable<Extract<UnitLine['state'], { kind: 'final' }>['grounds']>, { kind: 'odds' }>;
const groundsOf = ({ state }: UnitLine): Odds => (state as { grounds: Odds }).grounds;
const withState = (line: UnitLine, change: object): UnitLine => ({ ...line, state: { ...line.state, ...change } as UnitLine['state'] });
const withOdds = (line: UnitLine, change: Partial<Odds>): UnitLine => withState(line, { grounds: { ...groundsOf(line), ...change } });

const forgeries: [what: string, job: string, fits: (line: UnitLine) => boolean, change: (line: UnitLine) => UnitLine, told: RegExp][] = [
  ['another answer as the verdict', QUORUM, isFinal, (line) => withState(line, { digest: OTHER }), /agree on no answer, or on another one/],
  [
    'another answer of a host',
    QUORUM,
    isFinal,
    (line) => replicaAt(line, 0, { digest: OTHER }),
    /replica 0 is said to have answered something else/,
  ],
  [
    'another result as stored',
    QUORUM,
    isFinal,
    (line) => ({ ...line, results: line.results.map((result) => ({ ...result, body: { kind: 'ok', digest: OTHER } })) }),
    /something else than what is stored/,
  ],
  [
    'a result that was taken away',
    QUORUM,
    isFinal,
    (line) => ({ ...line, results: line.results.slice(1) }),
    /something else than what is stored/,
  ],
  [
    'a result that came too late to count',
    QUORUM,
    isFinal,
    (line) => ({ ...line, results: line.results.map((result) => ({ ...result, late: true })) }),
    /2 results had to agree on its answer; counted again, 0 did/,
  ],
  [
    'a result of nobody',
    QUORUM,
    isFinal,
    (line) => ({ ...line, results: [...line.results, { no: 7, late: false, receivedAt: 1, body: { kind: 'ok', digest: OTHER } }] }),
    /stored of replica 7 that the unit does not know/,
  ],
  [
    'one account voting twice',
    QUORUM,
    isFinal,
    (line) => replicaAt(line, 1, { account: (line.replicas[0] as { account: string }).account }),
    /one host or account had two replicas/,
  ],
  [
    'one host voting twice',
    QUORUM,
    isFinal,
    (line) => replicaAt(line, 1, { host: (line.replicas[0] as { host: string }).host }),
    /one host or account had two replicas/,
  ],
  [
    'a liar judged valid',
    QUORUM,
    hasLiar,
    (line) => ({ ...line, replicas: line.replicas.map((replica) => (replica.kind === 'judged' ? { ...replica, valid: true } : replica)) }),
    /judged otherwise than its answer deserves/,
  ],
  [
    'an honest one judged invalid',
    QUORUM,
    isFinal,
    (line) =>
      replicaAt(
        line,
        line.replicas.findIndex((replica) => replica.kind === 'judged' && replica.valid),
        { valid: false },
      ),
    /judged otherwise/,
  ],
  [
    'grounds where there are none',
    QUORUM,
    isFinal,
    (line) => withState(line, { grounds: { kind: 'referee' } }),
    /only the policy `confidence` knows/,
  ],
  [
    'a failure without a reason',
    QUORUM,
    isFinal,
    (line) => ({ ...line, state: { kind: 'failed', reason: 'no-consensus', message: '', at: 1 } }),
    /does not follow from what came back/,
  ],
  [
    'two answers said to agree',
    'a quorum of answers that agree without being equal',
    isFinal,
    (line) => withState({ ...line, comparisons: [] }, {}),
    /never been compared/,
  ],
  [
    'no grounds',
    TRUSTED,
    byOdds,
    (line) => {
      const { grounds: _, ...state } = line.state as Extract<UnitLine['state'], { kind: 'final' }>;
      return { ...line, state };
    },
    /says nothing of what it rests on/,
  ],
  [
    'the referee’s word that was never given',
    TRUSTED,
    (line) => byOdds(line) && line.truth === undefined,
    (line) => withState(line, { grounds: { kind: 'referee' } }),
    /the referee, who never answered/,
  ],
  ['another truth', TRUSTED, byReferee, (line) => ({ ...line, truth: OTHER }), /the referee computed another answer/],
  [
    'odds that do not suffice',
    TRUSTED,
    byOdds,
    (line) => withOdds(line, { phi: 0.8 }),
    /the odds that its answer is wrong are 1 in \d+, and 1 in 1000 was asked for/,
  ],
  ['odds of fewer liars than there may be', TRUSTED, byOdds, (line) => withOdds(line, { phi: 1e-6 }), /takes liars for rarer/],
  [
    'checks that were never passed',
    TRUSTED,
    byOdds,
    (line) => withOdds(line, { members: groundsOf(line).members.map(({ no }) => ({ no, checks: 9_999 })) }),
    /had passed 9999 checks; in the whole job it passed \d+/,
  ],
  [
    'one host counted twice',
    TRUSTED,
    byOdds,
    (line) =>
      withOdds(line, { members: groundsOf(line).members.map((member) => ({ ...member, no: groundsOf(line).members[0]?.no ?? 0 })) }),
    /on one host twice/,
  ],
  [
    'the word of a host that said nothing',
    TRUSTED,
    byOdds,
    (line) => withOdds(line, { members: [...groundsOf(line).members, { no: 9, checks: 1 }] }),
    /did not give its answer/,
  ],
];

describe('forgeries', () => {
  test.each(forgeries)('[CL17] %s is found, and its unit named', async (_what, job, fits, change, told) => {
    const { messages, unjustified } = await tampered(job, fits, change);
    expect(messages).toMatch(told);
    expect(unjustified).toBeGreaterThan(0);
  });

  test('[CL17] whatever digest of an answer is exchanged, anywhere, it is found', async () => {
    const lines = [...evidence(QUORUM), ...evidence(TRUSTED)];
    const replicas = lines.flatMap((line) =>
      line.type === 'unit' ? line.replicas.filter((r) => r.kind === 'judged').map(({ no }) => [line, no] as const) : [],
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...replicas), async ([line, no]) => {
        const job = evidence(evidence(QUORUM).some((other) => JSON.stringify(other) === JSON.stringify(line)) ? QUORUM : TRUSTED);
        const at = job.findIndex((other) => JSON.stringify(other) === JSON.stringify(line));
        const { violations } = await verify(job.with(at, replicaAt(line, no, { digest: OTHER })));
        expect(violations.some(({ subject }) => subject.endsWith(`/${line.index}`))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

const cuts: [what: string, change: (lines: Line[]) => (Line | string)[], subject: RegExp, told: RegExp][] = [
  ['a unit left out', (lines) => lines.toSpliced(3, 1), /^job_/, /20 of its units are final, and there is evidence for 19/],
  ['a unit twice', (lines) => lines.toSpliced(3, 0, lines[3] as Line), /^line 5$/, /out of turn, twice/],
  ['units out of order', (lines) => lines.with(3, lines[4] as Line).with(4, lines[3] as Line), /^line 5$/, /out of turn/],
  ['a unit beyond the end', (lines) => lines.toSpliced(-1, 0, { ...(lines.at(-2) as UnitLine), index: 20 }), /^line 22$/, /beyond the end/],
  ['an end that is missing', (lines) => lines.slice(0, -1), /^job_/, /cut off/],
  ['half a line', (lines) => [...lines.slice(0, -2), JSON.stringify(lines.at(-2)).slice(0, 40)], /^line 21$/, /cut off, or no JSON/],
  [
    'a line in another form',
    (lines) => lines.with(2, { ...lines[2], replicas: 'none' } as never),
    /^line 3$/,
    /no evidence in a form that is known here: replicas/,
  ],
  ['no job', (lines) => lines.slice(1), /^the evidence$/, /does not begin with a job/],
  ['two jobs', (lines) => lines.toSpliced(5, 0, { ...(lines[0] as EvidenceOf<'job'>), job: jobId(9) }), /^line 6$/, /a second job/],
  [
    'rules of another version',
    (lines) => lines.with(0, { ...(lines[0] as EvidenceOf<'job'>), policyVersion: 2 }),
    /^job_/,
    /version 2 of the rules, and this program knows version 1/,
  ],
  [
    'a stricter policy',
    (lines) => lines.with(0, { ...(lines[0] as EvidenceOf<'job'>), verify: quorumOf(3) }),
    /^job_.*\/0$/,
    /3 results had to agree on its answer; counted again, 2 did/,
  ],
];

test.each(cuts)('[CL17] %s is found', async (_what, change, subject, told) => {
  const { violations } = await verify(change(evidence('a quorum of honest hosts')));
  expect(violations.filter((violation) => subject.test(violation.subject) && told.test(violation.message))).not.toEqual([]);
});

test('[CL17] nothing at all is no evidence', async () => {
  expect(await verify([])).toMatchObject({ job: null, violations: [{ message: 'it does not begin with a job' }] });
});

const BLOB = sha256('far too large');

/** Two final units: one answered in line, one with a blob. */
function delivered(endedAt: number | null = 9): Line[] {
  const job = {
    type: 'job',
    format: 1,
    job: jobId(1),
    task: digestOf('task'),
    title: 't',
    author: 'ada',
    verify: quorumOf(1),
    policyVersion: 1,
  } as const;
  const unit = (index: number, digest: string) => {
    const judged = { kind: 'judged', no: 0, host: hostId(1), account: accountId(1), leasedAt: 1, returnedAt: 2, digest, valid: true };
    const results = [{ no: 0, late: false, receivedAt: 2, body: { kind: 'ok', digest } }];
    return { type: 'unit', index, state: { kind: 'final', digest, at: 2 }, replicas: [judged], results };
  };
  const bounds = { maxReplicas: 10, maxErrors: 3, unitCount: 3, finalUnits: 2 };
  return [
    { ...job, ...bounds, state: endedAt === null ? 'closed' : 'done', endedAt },
    unit(0, sha256('"4"')),
    unit(1, BLOB),
    { type: 'end' },
  ] as Line[];
}
const output = (index: number, value: EvidenceOf<'output'>['output']): Line => ({ type: 'output', index, output: value });
const blob = { blob: BLOB, bytes: 13 };
const whole: Line = { type: 'outputs-end' };

test('[CL18] outputs that are what was believed are found to be so, in any order', async () => {
  expect(await verify([...delivered(), output(1, blob), output(0, '"4"'), whole])).toMatchObject({
    outputs: 2,
    justified: 2,
    violations: [],
  });
});

const misdeliveries: [what: string, outputs: Line[], subject: string, told: string][] = [
  ['another text', [output(0, '"5"'), output(1, blob), whole], `${jobId(1)}/0`, 'not the one that was believed'],
  ['another blob', [output(0, '"4"'), output(1, { ...blob, blob: OTHER }), whole], `${jobId(1)}/1`, 'not the one that was believed'],
  ['one that is missing', [output(0, '"4"'), whole], `${jobId(1)}/1`, 'not delivered'],
  ['one that comes twice', [output(0, '"4"'), output(0, '"4"'), output(1, blob), whole], `${jobId(1)}/0`, 'twice, or without a verdict'],
  ['one without a verdict', [output(0, '"4"'), output(1, blob), output(2, '1'), whole], `${jobId(1)}/2`, 'without a verdict'],
];

test.each(misdeliveries)('[CL18] of outputs, %s is found', async (_what, outputs, subject, told) => {
  const { violations } = await verify([...delivered(), ...outputs]);
  expect(violations).toEqual([{ rule: 'I15', subject, message: expect.stringContaining(told) }]);
});

test('[CL18] an output that came while the evidence was read is no matter', async () => {
  expect((await verify([...delivered(null), output(0, '"4"'), output(1, blob), output(2, '1'), whole])).violations).toEqual([]);
});
