/**
 * What one batch decides, before any of it is true: commands folded into units in order (CQ3), jobs with their counts added up once,
 * and everything that goes into the one ChangeSet. A draft is thrown away and made again when the commit conflicts (CQ6).
 */
import type { HostId, JobId } from '@manyhands/protocol';
import type { Author, ChangeSet, Ending, Host, InputChunk, Posting, PublishedTask, StoredResult } from '../domain/change-set.ts';
import { EMPTY_GAUGE, gaugePostings, typicalCredit as typicalCreditOf } from '../domain/credit-gauge.ts';
import { type FreshOrder, freshIndex, orderAt } from '../domain/fresh-order.ts';
import { type Job, type JobCounts, ZERO_COUNTS } from '../domain/job.ts';
import { endWhenDone } from '../domain/job-transitions.ts';
import { resultsWanted } from '../domain/replication.ts';
import type { TransitionContext, TrustView, UnitOutcome } from '../domain/transition.ts';
import { viewTrust } from '../domain/trust-view.ts';
import type { LeaseTerms, UnitCommand } from '../domain/unit-command.ts';
import type { UnitEffect } from '../domain/unit-effect.ts';
import { transition } from '../domain/unit-machine.ts';
import { createUnit, hasEnded, isCanary, type UnitRef, type WorkUnit } from '../domain/work-unit.ts';
import type { Books } from './books.ts';
import { HostDraft } from './host-draft.ts';
import { UnitMap } from './unit-map.ts';

interface JobDraft {
  /** The revision it was decided on; 0: it is new. */
  readonly revision: number;
  job: Job;
  isTouched: boolean;
  nextFresh: number;
  order: FreshOrder | undefined;
  readonly counts: Record<keyof JobCounts, number>;
  readonly context: TransitionContext;
  readonly postings: Posting[];
}

interface UnitDraft {
  readonly base: WorkUnit;
  unit: WorkUnit;
}

export interface DraftBounds {
  readonly maxReplicas: number;
  readonly maxErrors: number;
  readonly firstQuota: number;
}

const UNKNOWN: UnitOutcome = { kind: 'unknown' };

export class Draft {
  /** The time of every decision in it. */
  readonly now: number;
  readonly effects: UnitEffect[] = [];
  readonly endings: Ending[] = [];
  readonly #retractions: UnitRef[] = [];
  /** Units of each job that have an answer now and had none, less those that lost it. */
  readonly answered = new Map<JobId, number>();
  readonly #books: Books;
  readonly #bounds: DraftBounds;
  readonly #units = new UnitMap<UnitDraft>();
  readonly #jobs = new Map<JobId, JobDraft>();
  readonly #results: StoredResult[] = [];
  readonly #postings: Posting[] = [];
  readonly #chunks: InputChunk[] = [];
  readonly #hosts = new Map<HostId, Host>();
  readonly #tasks: PublishedTask[] = [];
  readonly #authors = new Map<string, Author>();
  /** What it decides about hosts. */
  readonly hosts: HostDraft;

  constructor(books: Books, now: number, bounds: DraftBounds) {
    this.#books = books;
    this.now = now;
    this.#bounds = bounds;
    this.hosts = new HostDraft(books.hosts, now, bounds.firstQuota);
  }

  /** As decided so far; null: no such job. */
  job(id: JobId): Job | null {
    return this.#jobDraft(id)?.job ?? null;
  }

  /** As decided so far; null: it has no row. */
  unit({ job, index }: UnitRef): WorkUnit | null {
    return this.#unitDraft(job, index)?.unit ?? null;
  }

  /** The unit as committed and as decided so far; `known` is taken for what the store holds when nothing newer is at hand. */
  adopt(known: WorkUnit): { readonly base: WorkUnit; readonly unit: WorkUnit } {
    const found = this.#unitDraft(known.job, known.index);
    if (found !== undefined) return found;
    const adopted = { base: known, unit: known };
    this.#units.set(known.job, known.index, adopted);
    return adopted;
  }

  /** Folds the command into its unit. A unit without a row, or of no job, is unknown. */
  apply(command: UnitCommand): UnitOutcome {
    const job = this.#jobDraft(command.job);
    const unit = this.#unitDraft(command.job, command.index);
    if (job === undefined || unit === undefined) return UNKNOWN;
    // I36: from the moment a job is cancelled its units are, whether their turn has come or not.
    if (job.job.state === 'cancelled' && !hasEnded(unit.unit))
      this.#fold({ kind: 'cancel', job: command.job, index: command.index }, unit, job);
    const outcome = this.#fold(command, unit, job);
    // What is taken back there is not asked for again.
    if (job.job.state === 'cancelled' && !hasEnded(unit.unit))
      this.#fold({ kind: 'cancel', job: command.job, index: command.index }, unit, job);
    return outcome;
  }

  /** Its host does not want it any more. What is taken back from a host that never heard of it is released, which costs nothing. */
  giveBack(given: UnitRef & Pick<LeaseTerms, 'lease' | 'host'>): void {
    const unit = this.unit(given);
    const replica = unit?.replicas.find((held) => held.kind === 'leased' && held.lease === given.lease);
    const { job, index, lease, host } = given;
    const isDone = this.apply({ kind: 'release-lease', job, index, lease, host }).kind === 'done';
    if (!isDone || unit === null || replica?.kind !== 'leased' || (hasEnded(unit) && !isCanary(unit, replica))) return;
    this.hosts.gaveBack({ job, task: (this.job(job) as Job).task }, replica);
  }

  /** Hands out the job's next untouched unit. There must be one: `freshUnits` says so. */
  issueFresh(id: JobId, to: LeaseTerms): number {
    const job = this.#jobDraft(id) as JobDraft;
    const position = job.nextFresh++;
    job.order = job.order && orderAt(job.order, position, job.job.unitCount, job.job.inputs.kind === 'stream');
    const index = job.order === undefined ? position : freshIndex(job.order, position);
    const fresh = createUnit({ job: id, index }, resultsWanted(job.job.verify));
    const unit: UnitDraft = { base: fresh, unit: fresh };
    this.#units.set(id, index, unit);
    this.#fold({ ...to, kind: 'issue-lease', job: id, index }, unit, job);
    return index;
  }

  /** What decisions on the job's units know of hosts; null: no such job. */
  trust(id: JobId): TrustView | null {
    return this.#jobDraft(id)?.context.trust ?? null;
  }

  /** How many of its units nobody was given yet. */
  freshUnits(id: JobId): number {
    const job = this.#jobDraft(id);
    return job === undefined ? 0 : job.job.unitCount - job.nextFresh;
  }

  /** A new job, or the next state of one; its counts and `nextFresh` are kept here. */
  putJob(job: Job): void {
    const draft = this.#jobDraft(job.id);
    if (draft === undefined) this.#jobs.set(job.id, this.#toDraft(job, 0, true));
    else {
      draft.job = job;
      draft.isTouched = true;
    }
  }

  /** What is final on the word of hosts that were convicted in the job was looked through; not of those that this very batch convicts. */
  swept(id: JobId): void {
    const draft = this.#jobDraft(id);
    if (draft?.job.isUnswept === undefined || this.effects.some((effect) => effect.kind === 'backtrack' && effect.job === id)) return;
    const { isUnswept: _, ...job } = draft.job;
    this.putJob(job);
  }

  addChunk(chunk: InputChunk): void {
    this.#chunks.push(chunk);
  }

  putHost(host: Host): void {
    this.#hosts.set(host.id, host);
  }

  addTask(task: PublishedTask): void {
    if (!this.#tasks.some(({ id }) => id === task.id)) this.#tasks.push(task);
  }

  putAuthor(author: Author): void {
    this.#authors.set(author.name, author);
  }

  /** Everything decided, each row with the revision after the one it was decided on (ST3). null: nothing. */
  changes(): (ChangeSet & { readonly units: readonly WorkUnit[]; readonly jobs: readonly Job[] }) | null {
    const units: WorkUnit[] = [];
    for (const { base, unit } of this.#units.values()) if (unit !== base) units.push({ ...unit, revision: base.revision + 1 });
    const jobs = [...this.#jobs.values()].filter(({ isTouched }) => isTouched).map((draft) => this.#finish(draft));
    const changes = {
      units,
      jobs,
      results: this.#results,
      retractions: this.#retractions,
      endings: this.endings,
      postings: this.#postings,
      chunks: this.#chunks,
      hosts: [...this.#hosts.values()],
      tasks: this.#tasks,
      authors: [...this.#authors.values()],
      standings: this.hosts.standings,
      tallies: this.hosts.tallies,
    };
    return Object.values(changes).some((rows) => rows.length > 0) ? changes : null;
  }

  #finish({ job, revision, nextFresh, order, counts, postings }: JobDraft): Job {
    const gauge = gaugePostings(job.gauge ?? EMPTY_GAUGE, postings);
    const earned = gauge.results > 0 ? { gauge } : {};
    const ordered = order === undefined ? {} : { order };
    return endWhenDone({ ...job, ...earned, revision: revision + 1, nextFresh, ...ordered, counts: { ...counts } }, this.now);
  }

  #fold(command: UnitCommand, unit: UnitDraft, job: JobDraft): UnitOutcome {
    const answer = transition(unit.unit, command, job.context);
    for (const event of answer.hostEvents) this.hosts.fold(event, job.job.task, job.job.verify.kind === 'confidence');
    if (answer.unit === unit.unit) return answer.outcome;
    if ((answer.unit.retractions?.length ?? 0) > (unit.unit.retractions?.length ?? 0))
      this.#retractions.push({ job: command.job, index: command.index });
    this.hosts.follow(job.job.task, unit.unit, answer.unit);
    unit.unit = answer.unit;
    job.isTouched = true;
    for (const name in answer.countsDelta) job.counts[name as keyof JobCounts] += answer.countsDelta[name as keyof JobCounts] as number;
    const { provisional = 0, final = 0 } = answer.countsDelta;
    if (provisional + final !== 0) this.answered.set(command.job, (this.answered.get(command.job) ?? 0) + provisional + final);
    for (const result of answer.results) this.#results.push(result);
    for (const posting of answer.postings) {
      this.#postings.push(posting);
      job.postings.push(posting);
    }
    for (const effect of answer.effects) {
      this.effects.push(effect);
      if (effect.kind === 'backtrack') job.job = { ...job.job, isUnswept: true };
    }
    if (answer.ending !== null) this.endings.push(answer.ending);
    return answer.outcome;
  }

  #unitDraft(job: JobId, index: number): UnitDraft | undefined {
    const found = this.#units.get(job, index);
    if (found !== undefined) return found;
    const base = this.#books.unit(job, index);
    if (base === undefined) return undefined;
    const draft = { base, unit: base };
    this.#units.set(job, index, draft);
    return draft;
  }

  #jobDraft(id: JobId): JobDraft | undefined {
    const found = this.#jobs.get(id);
    if (found !== undefined) return found;
    const base = this.#books.job(id);
    if (base === undefined) return undefined;
    const draft = this.#toDraft(base, base.revision, false);
    this.#jobs.set(id, draft);
    return draft;
  }

  #toDraft(job: Job, revision: number, isTouched: boolean): JobDraft {
    const counts = { ...ZERO_COUNTS, ...job.counts };
    const trust = viewTrust(job, counts, this.hosts.bookOf(job.id, job.task));
    const typicalCredit = typicalCreditOf(job.gauge ?? EMPTY_GAUGE);
    const context = { now: this.now, verify: job.verify, timeoutMs: job.limits.timeoutMs, typicalCredit, ...this.#bounds, trust };
    return { revision, job, isTouched, nextFresh: job.nextFresh, order: job.order, counts, context, postings: [] };
  }
}
