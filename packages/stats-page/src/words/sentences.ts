/** The state of things in one sentence: the first thing a visitor reads. */
import type { AccountView, JobView, StatsView, TeamView } from '@manyhands/protocol';
import { count, counted, duration, rate } from './numbers.ts';
import { volunteerName } from './volunteer-name.ts';

const isUnderWay = (job: JobView): boolean => job.state === 'open' || job.state === 'running';

/** The job the overview shows in full: the newest under way, else the newest at all; null when there is none. */
export function featuredJob(stats: StatsView): JobView | null {
  const newestFirst = [...stats.jobs].sort((one, other) => other.createdAt - one.createdAt);
  return newestFirst.find(isUnderWay) ?? newestFirst[0] ?? null;
}

/** How far a job is: `3,412 of 10,000 units verified, about 2 minutes left`. */
export function jobSentence(job: JobView): string {
  const { units } = job;
  const done = `${count(units.final)} of ${counted(units.total, 'unit')} verified${andAnswered(units.provisional)}`;
  if (job.state === 'cancelled') return `Cancelled by its author: ${done}`;
  if (job.state === 'done') {
    if (units.failed === 0) return units.total === 1 ? 'The one unit is verified' : `All ${counted(units.total, 'unit')} verified`;
    return `Finished: ${done}, ${count(units.failed)} failed`;
  }
  if (units.total === 0) return 'Waiting for its first inputs';
  if (job.state === 'open')
    return `${count(units.final)} of ${counted(units.total, 'unit')} so far verified${andAnswered(units.provisional)}, and more inputs are arriving`;
  return `${done}, ${job.remainingMs === null ? 'time left not known yet' : `${duration(job.remainingMs)} left`}`;
}

/** Believed for now: under `confidence` most units are so until their job is audited. */
const andAnswered = (provisional: number): string => (provisional === 0 ? '' : `, ${count(provisional)} more answered`);

/** How far the whole project is: its one job under way, or all of them together. */
export function projectSentence(stats: StatsView): string {
  const underWay = stats.jobs.filter(isUnderWay);
  const featured = featuredJob(stats);
  if (featured === null) return 'Ready for the first job';
  if (underWay.length <= 1) return jobSentence(featured);
  const total = sum(underWay, (job) => job.units.total);
  const final = sum(underWay, (job) => job.units.final);
  const answered = andAnswered(sum(underWay, (job) => job.units.provisional));
  return `${count(final)} of ${counted(total, 'unit')} verified${answered} in ${count(underWay.length)} jobs, ${timeLeft(underWay)}`;
}

function timeLeft(jobs: readonly JobView[]): string {
  const known = jobs.map((job) => job.remainingMs).filter((ms) => ms !== null);
  return known.length < jobs.length ? 'time left not known yet' : `${duration(Math.max(...known))} left`;
}

const sum = (jobs: readonly JobView[], of: (job: JobView) => number): number => jobs.reduce((total, job) => total + of(job), 0);

/** Who is helping at this moment. */
export function helpersSentence(stats: StatsView): string {
  if (stats.hostsOnline === 0) return 'No volunteer’s machine is connected right now.';
  const verb = stats.hostsOnline === 1 ? 'lends' : 'lend';
  return `${counted(stats.hostsOnline, 'machine')} of volunteers ${verb} ${counted(stats.coresOnline, 'core')} right now.`;
}

/** Why a verified answer can be believed. */
export function verifySentence({ verify }: JobView): string {
  if (verify.kind === 'proof') return 'Every answer is believed only after its proof was checked.';
  if (verify.kind === 'quorum' && verify.k === 1) return 'The first answer to each unit is taken as it comes.';
  return `${groundsSentence(verify)}${agreementSentence(verify.agree)}`;
}

type Counting = Exclude<JobView['verify'], { kind: 'proof' }>;

function groundsSentence(verify: Counting): string {
  if (verify.kind === 'quorum') return `Each answer is believed only when ${count(verify.k)} different volunteers found the same.`;
  return `Each answer is believed only when the odds that it is wrong are below 1 in ${count(verify.wrongIn)}: volunteers are tested, and count for what they proved.`;
}

/** What `the same` means; bit for bit goes without saying. */
function agreementSentence(agree: Counting['agree']): string {
  if (agree.kind === 'exact') return '';
  if (agree.kind === 'author') return ' Its author’s own comparison says which answers are the same.';
  const bounds = [...(agree.abs > 0 ? [String(agree.abs)] : []), ...(agree.rel > 0 ? [shareOf(agree.rel)] : [])];
  return ` Answers are the same when their numbers differ by at most ${bounds.join(' or ') || '0'}.`;
}

// Three digits, for 0.07 × 100 is not 7.
const shareOf = (rel: number): string => `${Number((rel * 100).toPrecision(3))} %`;

export const JOB_STATES: Record<JobView['state'], string> = {
  open: 'Inputs arriving',
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
};

/** What somebody has earned, and where that puts them. */
export const accountSentence = ({ name, account, credit, ranks }: AccountView): string =>
  `${volunteerName(name, account)} has earned ${rate(credit)} credits, ${placeWords(ranks.total)}`;

export const teamSentence = ({ team, credit, ranks }: TeamView): string =>
  `${team} has earned ${rate(credit)} credits, ${placeWords(ranks.total)}`;

/** null: nothing earned yet, or too far down to be counted. */
export const placeWords = (rank: number | null): string => (rank === null ? 'not placed yet' : `place ${count(rank)}`);
