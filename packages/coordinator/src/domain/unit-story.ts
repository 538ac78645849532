/**
 * What happened to a unit, told from what is stored of it, in order of time. Where nobody wrote down when, the place is that of what must have come
 * just before. A verdict stands before what follows from it: who is credited, and who is not.
 */
import type { StoryEvent, StoryEventOf, VerifyPolicy } from '@manyhands/protocol';
import { type AnswerLetters, lettersOf } from './answer-letters.ts';
import type { Posting, StoredResult } from './change-set.ts';
import { agrees, namingOf } from './comparison.ts';
import { wrongOdds } from './odds.ts';
import { isVote, type Vote } from './quorum.ts';
import { type Grounds, isCanary, type JudgedReplica, type Replica, type WorkUnit } from './work-unit.ts';

export interface StoryFacts {
  readonly unit: WorkUnit;
  /** All that ever came back. */
  readonly results: readonly StoredResult[];
  readonly postings: readonly Posting[];
  readonly verify: VerifyPolicy;
}

type HeldReplica = Exclude<Replica, { kind: 'ready' }>;

/** `after`: where an event stands whose time is not known. */
interface Placed {
  readonly event: StoryEvent;
  readonly after: number;
}

/** Of what happened in one millisecond. */
const ORDER: readonly StoryEvent['kind'][] = [
  'handed-out',
  'lost',
  'answered',
  'errored',
  'referee',
  'retracted',
  'provisional',
  'final',
  'failed',
  'cancelled',
  'believed',
  'disbelieved',
  'computing',
  'waits',
];

const MICROCREDITS = 1_000_000;

export function tellStory(facts: StoryFacts): StoryEvent[] {
  const { unit, results, postings, verify } = facts;
  const letters = lettersOf(unit, results, verify);
  const held = unit.replicas.filter((replica) => replica.kind !== 'ready');
  const placed = [
    ...held.flatMap((replica) => handOut(replica, facts)),
    ...results.flatMap((result) => comeBack(result, unit, letters)),
    ...postings.filter(({ kind }) => kind === 'valid-result').map((posting) => believe(posting, letters)),
    ...held
      .filter((replica) => replica.kind === 'judged' && !replica.valid)
      .map((replica) => disbelieve(replica as JudgedReplica, facts, letters)),
    ...refer(facts, letters),
    ...takeBack(facts, letters),
    ...conclude(facts, letters),
    ...expect(facts).map((event) => ({ event, after: Number.POSITIVE_INFINITY })),
  ];
  const timeOf = ({ event, after }: Placed): number => event.at ?? after;
  return placed
    .sort((a, b) => timeOf(a) - timeOf(b) || ORDER.indexOf(a.event.kind) - ORDER.indexOf(b.event.kind))
    .map(({ event }) => event);
}

const by = ({ no, host, account }: Pick<HeldReplica, 'no' | 'host' | 'account'>) => ({ no, host, account });
const at = (time: number, event: StoryEvent): Placed => ({ event, after: time });

function handOut(replica: HeldReplica, facts: StoryFacts): Placed[] {
  const { leasedAt } = replica;
  const given = at(leasedAt, { kind: 'handed-out', at: leasedAt, ...by(replica), purpose: purposeOf(replica, facts) });
  if (replica.kind !== 'lost' || replica.cause === 'errored') return [given];
  return [given, at(leasedAt, { kind: 'lost', at: null, ...by(replica), cause: replica.cause })];
}

/** An audit: its unit had an answer that was believed for now. */
function purposeOf(replica: HeldReplica, { unit, postings, verify }: StoryFacts): StoryEventOf<'handed-out'>['purpose'] {
  if (isCanary(unit, replica)) return 'canary';
  const had = (kind: Posting['kind']) => postings.filter((posting) => posting.kind === kind && posting.at < replica.leasedAt).length;
  return verify.kind === 'confidence' && had('valid-result') > had('revocation') ? 'audit' : 'work';
}

function comeBack(result: StoredResult, { replicas }: WorkUnit, letters: AnswerLetters): Placed[] {
  const { receivedAt, body } = result;
  const came = { at: receivedAt, ...by(result) };
  if (body.kind === 'error') return [at(receivedAt, { kind: 'errored', ...came, error: body.error, message: body.message })];
  const late = replicas[result.no]?.kind === 'lost';
  return [at(receivedAt, { kind: 'answered', ...came, answer: letters.of(result.no), digest: body.digest, late })];
}

function believe({ at: time, microcredits, ...holder }: Posting, letters: AnswerLetters): Placed {
  const answer = letters.of(holder.no);
  return at(time, { kind: 'believed', at: time, ...by(holder), answer, credit: microcredits / MICROCREDITS });
}

function disbelieve(replica: JudgedReplica, facts: StoryFacts, letters: AnswerLetters): Placed {
  const { state } = facts.unit;
  const revoked = facts.postings.find(({ no, kind }) => no === replica.no && kind === 'revocation');
  const why = whyNot(replica, facts);
  // A check is made before the next answer is asked for; everything else follows from the verdict.
  const verdictAt = state.kind === 'final' && why !== 'check' ? Math.max(state.at, replica.returnedAt) : null;
  const takenBack = revoked === undefined ? 0 : -revoked.microcredits / MICROCREDITS;
  const time = revoked?.at ?? verdictAt;
  return at(replica.returnedAt, { kind: 'disbelieved', at: time, ...by(replica), answer: letters.of(replica.no), why, takenBack });
}

function whyNot(replica: JudgedReplica, { unit, results, postings, verify }: StoryFacts): StoryEventOf<'disbelieved'>['why'] {
  const { truth } = unit;
  if (isCanary(unit, replica)) return 'truth';
  if (typeof truth === 'string' && agrees(unit, replica.digest, truth, verify) === false) return 'truth';
  if (results.some(({ no, late }) => no === replica.no && late)) return 'differs';
  if (verify.kind === 'proof') return 'check';
  // Believed before, and nothing said of this unit: what its host said of another one was wrong.
  return postings.some(({ no }) => no === replica.no) ? 'convicted' : 'vote';
}

/** Asked when the answers had come back, and before it decided. */
function refer({ unit: { truth, state, replicas } }: StoryFacts, letters: AnswerLetters): Placed[] {
  if (truth === undefined) return [];
  const returns = replicas.flatMap((replica) => (replica.kind === 'returned' || replica.kind === 'judged' ? [replica.returnedAt] : []));
  const isDecisive = state.kind === 'final' && state.grounds?.kind === 'referee';
  const event = { kind: 'referee', at: null, answer: truth === null ? null : letters.named(truth) } as const;
  return [at(isDecisive ? state.at : Math.max(0, ...returns), event)];
}

/** Verdicts that did not stand. */
function takeBack({ unit, results, verify }: StoryFacts, letters: AnswerLetters): Placed[] {
  return (unit.retractions ?? []).flatMap(({ reason, digest, finalAt, at: time, grounds }) => {
    const answer = letters.named(digest);
    return [
      at(finalAt, { kind: 'final', at: finalAt, answer, reason: reasonOf(unit, grounds, results, verify) }),
      at(time, { kind: 'retracted', at: time, answer, why: reason }),
    ];
  });
}

function conclude({ unit, results, verify }: StoryFacts, letters: AnswerLetters): Placed[] {
  const { state } = unit;
  switch (state.kind) {
    case 'provisional':
      return [at(state.at, { kind: 'provisional', at: state.at, answer: letters.named(state.digest) })];
    case 'final': {
      const reason = reasonOf(unit, state.grounds, results, verify);
      return [at(state.at, { kind: 'final', at: state.at, answer: letters.named(state.digest), reason })];
    }
    case 'failed':
      return [at(state.at, { kind: 'failed', at: state.at, reason: state.reason, message: state.message })];
    case 'cancelled':
      return [at(state.at, { kind: 'cancelled', at: state.at })];
    default:
      return [];
  }
}

function reasonOf(
  { replicas }: WorkUnit,
  grounds: Grounds | undefined,
  results: readonly StoredResult[],
  verify: VerifyPolicy,
): StoryEventOf<'final'>['reason'] {
  if (verify.kind === 'proof') return { kind: 'proof' };
  if (verify.kind === 'confidence') {
    if (grounds?.kind !== 'odds') return { kind: 'referee' };
    const checks = grounds.members.map((member) => member.checks);
    return { kind: 'odds', odds: wrongOdds(grounds.phi, checks), wrongIn: verify.wrongIn, members: grounds.members };
  }
  const inTime = new Set(results.filter(({ late }) => !late).map(({ no }) => no));
  const agreed = replicas.filter((replica) => replica.kind === 'judged' && replica.valid && inTime.has(replica.no)).length;
  return { kind: 'quorum', agreed, wanted: verify.k };
}

/** What is still to come. */
function expect(facts: StoryFacts): StoryEvent[] {
  const { verify, unit } = facts;
  const { state, replicas, truth } = unit;
  const computing = replicas
    .filter((replica) => replica.kind === 'leased')
    .map((replica): StoryEvent => ({ kind: 'computing', at: null, ...by(replica), until: replica.deadlineAt }));
  const waits = (what: StoryEventOf<'waits'>['for']): StoryEvent => ({ kind: 'waits', at: null, for: what });
  const ready = replicas.some(({ kind }) => kind === 'ready') ? [waits(takerOf(facts))] : [];
  if (state.kind === 'verifying') return [...computing, waits(judgeOf(verify, truth))];
  if (state.kind === 'provisional') return [...computing, ...ready, ...(computing.length + ready.length === 0 ? [waits('audit')] : [])];
  return [...computing, ...ready];
}

/** Whom a ready replica is for. Under `confidence` answers that all agree and do not suffice are those of newcomers. */
function takerOf({ unit, verify }: StoryFacts): 'volunteer' | 'word' | 'truth' {
  if (verify.kind !== 'confidence' || unit.state.kind !== 'open') return 'volunteer';
  if (typeof unit.truth === 'string') return 'truth';
  const nameOf = namingOf(unit, verify);
  return new Set(unit.replicas.filter(isStanding).map(nameOf)).size === 1 ? 'word' : 'volunteer';
}

const isStanding = (replica: Replica): replica is Vote => isVote(replica) && (replica.kind === 'returned' || replica.valid);

function judgeOf(verify: VerifyPolicy, truth: WorkUnit['truth']): 'check' | 'referee' | 'comparison' {
  if (verify.kind === 'proof') return 'check';
  return truth === null ? 'referee' : 'comparison';
}
