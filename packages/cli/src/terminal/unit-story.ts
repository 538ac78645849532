/** The story of a unit, for those who asked for its answer and those who computed it. */
import type { Payload, StoryEvent, StoryEventOf, UnitView } from '@manyhands/protocol';
import { policyWords } from './policy-words.ts';
import { count, moment, shortened } from './words.ts';

type Teller = (account: string, host: string) => string;

const STATES: Readonly<Record<UnitView['state']['kind'], string>> = {
  open: 'is open',
  verifying: 'has answers that are being verified',
  provisional: 'has an answer that is believed for now',
  final: 'is final',
  failed: 'has failed',
  cancelled: 'was cancelled',
};
const TEXT_LENGTH = 200;

export function unitStory({ id, title, state, input, verify, evidence, story, names }: UnitView): string {
  const nameOf: Teller = (account, host) => {
    const name = names[account];
    if (name === undefined) return shortId(host);
    return Object.values(names).filter((other) => other === name).length > 1 ? `${name} (${shortId(host)})` : name;
  };
  return [
    `Unit ${id} of "${title}" ${STATES[state.kind]}.`,
    '',
    `  policy   ${policyWords(verify)}`,
    `  input    ${payloadText(input)}`,
    ...answersIn(story, evidence).map(([letter, output]) => `  ${`answer ${letter}`.padEnd(8)} ${payloadText(output)}`),
    '',
    ...story.map((event) => `  ${(event.at === null ? '' : moment(event.at)).padEnd(19)}  ${sentence(event, nameOf, story)}`),
  ].join('\n');
}

const shortId = (id: string): string => `${id.slice(0, 11)}…`;
const payloadText = (payload: Payload): string =>
  typeof payload === 'string' ? shortened(payload, TEXT_LENGTH) : `${payload.blob} (${count(payload.bytes)} bytes)`;

/** Each answer once, as it came first; the final one as it was chosen. */
function answersIn(story: UnitView['story'], evidence: UnitView['evidence']): [letter: string, output: Payload][] {
  const answers = new Map<string, Payload>();
  for (const event of story) {
    if (event.kind !== 'answered' || answers.has(event.answer)) continue;
    const body = evidence.find(({ no }) => no === event.no)?.body;
    if (body?.kind === 'ok') answers.set(event.answer, body.output);
  }
  return [...answers];
}

function sentence(event: StoryEvent, nameOf: Teller, story: UnitView['story']): string {
  const who = 'host' in event ? nameOf(event.account, event.host) : '';
  switch (event.kind) {
    case 'handed-out':
      return GIVEN[event.purpose](who);
    case 'answered':
      return event.late
        ? `${who} answered ${event.answer}, when its time had run out: kept, and not counted.`
        : `${who} answered ${event.answer}.`;
    case 'errored':
      return `${who} could not compute it (${event.error}): ${shortened(event.message, TEXT_LENGTH)}`;
    case 'lost':
      return LOST[event.cause](who);
    case 'referee':
      return event.answer === null
        ? 'The coordinator was asked to compute it itself.'
        : `The coordinator computed it itself: ${event.answer}.`;
    case 'believed':
      return `${who} is believed${isFinalBefore(event, story) ? '' : ' for now'}${event.credit > 0 ? ` and earned ${creditWords(event.credit)}` : ''}.`;
    case 'disbelieved':
      return `${disbelief(event, who)}${event.takenBack > 0 ? ` What it had earned was taken back: ${creditWords(event.takenBack)}.` : ''}`;
    case 'provisional':
      return `${event.answer} is believed for now: it rests on the word of too few to be final.`;
    case 'final':
      return `Final: ${event.answer}. ${reasonWords(event.reason, story, nameOf)}`;
    case 'retracted':
      return `Taken back: ${event.answer} is not final any more. ${RETRACTED[event.why]}`;
    case 'failed':
      return `Failed (${event.reason}): ${event.message}`;
    case 'cancelled':
      return 'Cancelled with its job.';
    case 'computing':
      return `${who} is computing it, and has until ${moment(event.until)} to say something.`;
    case 'waits':
      return WAITS[event.for];
  }
}

const isFinalBefore = (event: StoryEvent, story: UnitView['story']): boolean =>
  story.slice(0, story.indexOf(event)).some(({ kind }) => kind === 'final');

const GIVEN: Readonly<Record<StoryEventOf<'handed-out'>['purpose'], (who: string) => string>> = {
  work: (who) => `Given to ${who}.`,
  audit: (who) => `Given to ${who} too, to check the answer that was believed for now.`,
  canary: (who) => `Given to ${who} to check that computer: the answer was known.`,
};
const LOST: Readonly<Record<StoryEventOf<'lost'>['cause'], (who: string) => string>> = {
  expired: (who) => `${who} said nothing until its time had run out.`,
  released: (who) => `${who} gave it back.`,
  revoked: (who) => `${who} was told to stop: the unit had ended.`,
};
const RETRACTED: Readonly<Record<StoryEventOf<'retracted'>['why'], string>> = {
  refuted: 'The coordinator computed it itself, and found another answer.',
  convicted: 'Everybody whose word it rested on was found wrong on another unit of this job since.',
};
const WAITS: Readonly<Record<StoryEventOf<'waits'>['for'], string>> = {
  turn: 'It has not been handed out yet, and waits for its turn.',
  volunteer: 'It waits for a volunteer who has not had it before.',
  word: 'It waits for a volunteer whose word counts: those who answered had not passed enough checks yet.',
  truth: 'It waits for a volunteer who finds what the coordinator found.',
  check: "It waits for the author's check of an answer.",
  comparison: "It waits for the answers to be compared as the author's policy says.",
  referee: 'It waits for the coordinator, which computes it itself.',
  audit: 'It waits for the audit at the end of the job, which asks whether what its host was checked on suffices.',
};

function disbelief({ why, answer }: StoryEventOf<'disbelieved'>, who: string): string {
  switch (why) {
    case 'truth':
      return `${who} was wrong: the right answer is known, and it is not ${answer}.`;
    case 'vote':
      return `${who} is not believed: others agree on another answer than ${answer}.`;
    case 'check':
      return `${who} was wrong: ${answer} did not pass the author's check.`;
    case 'convicted':
      return `${who} is not believed any more: it was found wrong on another unit of this job.`;
    case 'differs':
      return `${who} answered when there was an answer, and ${answer} is another one.`;
  }
}

function reasonWords(reason: StoryEventOf<'final'>['reason'], story: UnitView['story'], nameOf: Teller): string {
  switch (reason.kind) {
    case 'proof':
      return "It passed the author's check.";
    case 'referee':
      return 'It is what the coordinator computed itself.';
    case 'quorum':
      return reason.wanted === 1
        ? 'One answer was asked for.'
        : `${count(reason.agreed)} accounts gave it, and ${count(reason.wanted)} were asked for.`;
    case 'odds':
      return oddsWords(reason, story, nameOf);
  }
}

function oddsWords(
  { odds, wrongIn, members }: Extract<StoryEventOf<'final'>['reason'], { kind: 'odds' }>,
  story: UnitView['story'],
  nameOf: Teller,
): string {
  const holders = members.flatMap(
    ({ no }) => story.filter((event) => event.kind === 'answered' && event.no === no) as StoryEventOf<'answered'>[],
  );
  const names = listed(holders.map(({ account, host }) => nameOf(account, host)));
  const liars = members.length === 1 ? 'is a liar' : members.length === 2 ? 'are both liars' : 'are all liars';
  const checks = `${listed(members.map((member) => count(member.checks)))} ${members.length === 1 && members[0]?.checks === 1 ? 'check' : 'checks'}`;
  return `The odds that ${names} ${liars}: 1 in ${figures.format(1 / odds)}, having passed ${checks}; 1 in ${count(wrongIn)} was asked for.`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const creditWords = (credit: number): string => `${figures.format(credit)} credit`;
