/** Jobs, as authors ask for them. Refusals are values, in words for people. */
import type { Digest, JobId, TaskManifest, UnitsAccepted } from '@manyhands/protocol';
import { type Job, ZERO_COUNTS } from '../domain/job.ts';
import { type Append, appendChunk, cancelJob } from '../domain/job-transitions.ts';
import { POLICY_VERSION } from '../domain/policy-version.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import { type Answered, ask, type Question } from './ask.ts';
import type { Books } from './books.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { NewJob, Outcome } from './coordinator.ts';
import type { Draft } from './draft.ts';
import { granted, type Refused, refuse, refusedBy } from './outcome.ts';

export interface JobDeskPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly books: Books;
  readonly store: Pick<Store, 'loadTask' | 'loadChunk' | 'findJobByKey'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly entropy: Pick<Entropy, 'jobId' | 'key'>;
}

export interface NewChunk {
  readonly job: JobId;
  readonly author: string;
  readonly chunk: number;
  readonly lines: string;
  readonly count: number;
  readonly digest: Digest;
  readonly close: boolean;
}

export class JobDesk {
  readonly #ports: JobDeskPorts;
  /** Creations under way by author and key, so that a repeat that comes meanwhile gets the same job. */
  readonly #creating = new Map<string, Promise<Outcome<Job>>>();

  constructor(ports: JobDeskPorts) {
    this.#ports = ports;
  }

  createJob(job: NewJob): Promise<Outcome<Job>> {
    const name = JSON.stringify([job.author, job.key]);
    const underWay = this.#creating.get(name);
    const creation = (underWay === undefined ? this.#create(job) : underWay.then(() => this.#create(job))).finally(() => {
      if (this.#creating.get(name) === creation) this.#creating.delete(name);
    });
    this.#creating.set(name, creation);
    return creation;
  }

  async appendUnits(chunk: NewChunk): Promise<Outcome<UnitsAccepted>> {
    const settled = await this.#ask<Append | Refused>({
      units: [],
      jobs: [chunk.job],
      // A chunk is one row however many units it holds.
      weight: 1,
      isSheddable: true,
      decide: (draft) => decideAppend(draft, chunk),
    });
    if (settled.kind === 'refused') return refusedBy(settled.reason);
    const { answer } = settled;
    if ('ok' in answer) return answer;
    if (answer.kind === 'stored-before') return this.#repeat(chunk);
    if (answer.kind === 'appended')
      return granted({ chunk: chunk.chunk, firstIndex: answer.firstIndex, count: chunk.count, repeated: false });
    return refuseAppend(answer, chunk);
  }

  /** The job hands nothing out from here on; its units follow (job-canceller.ts). */
  async cancelJob(id: JobId, author: string | null): Promise<Outcome<Job>> {
    const settled = await this.#ask<Outcome<Job>>({
      units: [],
      jobs: [id],
      weight: 1,
      isSheddable: false,
      decide: (draft) => decideCancel(draft, id, author),
    });
    if (settled.kind === 'refused') return refusedBy(settled.reason);
    return settled.answer.ok ? granted(this.#ports.books.job(id) ?? settled.answer.value) : settled.answer;
  }

  async #create(order: NewJob): Promise<Outcome<Job>> {
    const known = await this.#ports.store.findJobByKey(order.author, order.key);
    if (known !== null) return sameJob(known, order);
    const task = await this.#ports.store.loadTask(order.task);
    if (task === null) return refuse('not-found', `There is no task ${order.task} here. Publish it first: POST /v1/tasks.`);
    const job = toJob(order, this.#ports.entropy, this.#ports.clock.now(), task.manifest);
    const written = await this.#write((draft) => draft.putJob(job), job, [job.id]);
    if (written.ok) return granted(this.#ports.books.job(job.id) ?? job);
    // Another coordinator may have taken the key meanwhile.
    const winner = await this.#ports.store.findJobByKey(order.author, order.key);
    return winner === null ? written : sameJob(winner, order);
  }

  async #repeat({ job, chunk, count, digest }: NewChunk): Promise<Outcome<UnitsAccepted>> {
    const stored = await this.#ports.store.loadChunk(job, chunk);
    if (stored !== null && stored.digest === digest) return granted({ chunk, firstIndex: stored.firstIndex, count, repeated: true });
    return refuse(
      'conflict',
      `Chunk ${chunk} of job ${job} is stored already, with other inputs. Chunks cannot be replaced; start a new job.`,
    );
  }

  async #write<T>(decide: (draft: Draft) => void, value: T, jobs: readonly JobId[] = []): Promise<Outcome<T>> {
    const settled = await this.#ask({ units: [], jobs, weight: 1, isSheddable: true, decide });
    return settled.kind === 'durable' ? granted(value) : refusedBy(settled.reason);
  }

  #ask<Answer>(question: Question<Answer>): Promise<Answered<Answer>> {
    return ask(this.#ports.queue, question);
  }
}

function toJob(
  order: NewJob,
  entropy: JobDeskPorts['entropy'],
  now: number,
  { verify, limits, engines }: Pick<TaskManifest, 'verify' | 'limits' | 'engines'>,
): Job {
  const { task, author, title, key, inputs, priority, leaseMs } = order;
  const unitCount = inputs.kind === 'stream' ? 0 : inputs.kind === 'index' ? inputs.count : rangeUnits(inputs);
  return {
    id: entropy.jobId(),
    revision: 0,
    task,
    author,
    title,
    key,
    inputs,
    priority,
    leaseMs,
    verify,
    policyVersion: POLICY_VERSION,
    limits,
    ...(engines !== undefined && { engines }),
    createdAt: now,
    endedAt: null,
    state: inputs.kind === 'stream' ? 'open' : 'closed',
    unitCount,
    chunkCount: 0,
    nextFresh: 0,
    // Where hosts are checked on units that were handed out before (I21).
    ...(verify.kind === 'confidence' && { order: { key: entropy.key(), from: 0, to: 0 } }),
    counts: ZERO_COUNTS,
  };
}

const rangeUnits = ({ from, to, step }: Extract<NewJob['inputs'], { kind: 'range' }>): number => Math.max(0, Math.ceil((to - from) / step));

/** The same key must mean the same job: a different one under it is a mistake, and silence would lose it. */
function sameJob(known: Job, order: NewJob): Outcome<Job> {
  if (known.task === order.task && JSON.stringify(known.inputs) === JSON.stringify(order.inputs)) return granted(known);
  return refuse(
    'conflict',
    `The key ${order.key} belongs to job ${known.id}, which has another task or other inputs. Use a new key for a new job.`,
  );
}

const unknownJob = (id: JobId): Refused => refuse('not-found', `There is no job ${id}.`);
const notYours = (id: JobId): Refused => refuse('forbidden', `Job ${id} belongs to another author.`);

function decideAppend(draft: Draft, { job: id, author, chunk, lines, count, digest, close }: NewChunk): Append | Refused {
  const job = draft.job(id);
  if (job === null) return unknownJob(id);
  if (job.author !== author) return notYours(id);
  const append = appendChunk(job, { chunk, count, close }, draft.now);
  if (append.kind === 'appended') draft.addChunk({ job: id, chunk, firstIndex: append.firstIndex, count, lines, digest });
  if ((append.kind === 'appended' || append.kind === 'stored-before') && append.job !== job) draft.putJob(append.job);
  return append;
}

function refuseAppend(append: Exclude<Append, { kind: 'appended' | 'stored-before' }>, { job, chunk }: NewChunk): Refused {
  if (append.kind === 'not-a-stream')
    return refuse('bad-request', `Job ${job} computes a range: its inputs are known and none can be added.`);
  if (append.kind === 'not-open')
    return refuse('conflict', `Job ${job} takes no more inputs: it was closed or cancelled. Start a new job.`);
  return refuse('conflict', `Chunk ${chunk} of job ${job} came too early: chunk ${append.expected} is expected next.`);
}

function decideCancel(draft: Draft, id: JobId, author: string | null): Outcome<Job> {
  const job = draft.job(id);
  if (job === null) return unknownJob(id);
  if (author !== null && job.author !== author) return notYours(id);
  const cancelled = cancelJob(job);
  if (cancelled === null) return refuse('conflict', `Job ${id} is done; there is nothing to cancel.`);
  if (cancelled !== job) draft.putJob(cancelled);
  return granted(cancelled);
}
