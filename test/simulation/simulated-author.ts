/** Somebody with jobs to submit: range, index and stream jobs, chunk by chunk, asking again until there is an answer, and sometimes once too often. */

import { digestOf } from '@manyhands/identity';
import type { Digest, InputSource, JobId, TaskId } from '@manyhands/protocol';
import type { NewJob } from '../../packages/coordinator/src/engine/coordinator.ts';
import type { Chance } from './chance.ts';
import type { Life } from './life.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Witness } from './witness.ts';

export interface Order extends Omit<NewJob, 'author'> {
  /** Of a stream: its inputs, line by line. */
  readonly chunks: readonly (readonly string[])[];
  /** Its author changes their mind. */
  readonly isCancelled: boolean;
}

export interface AuthorPorts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly witness: Witness;
  readonly isRepeating: boolean;
  /** Mean time between two requests. */
  readonly pauseMs: number;
  /** null: the coordinator is down. */
  life(): Life | null;
  note(text: string): void;
}

export interface Progress {
  readonly order: Order;
  /** null: not acknowledged yet. */
  id: JobId | null;
  chunk: number;
  isCancelled: boolean;
  /** Whether or not the answer was heard. */
  isAskedToStop: boolean;
}

export class SimulatedAuthor {
  readonly #name: string;
  readonly #ports: AuthorPorts;
  #jobs: readonly Progress[];
  #isHurrying = false;
  #isAtWork = true;

  constructor(name: string, orders: readonly Order[], ports: AuthorPorts) {
    this.#name = name;
    this.#ports = ports;
    this.#jobs = orders.map((order) => ({ order, id: null, chunk: 0, isCancelled: false, isAskedToStop: false }));
  }

  /** Everything was submitted. */
  get isDone(): boolean {
    return this.#jobs.every(isSubmitted);
  }

  start(): void {
    const { time, chance, pauseMs } = this.#ports;
    time.after(this.#isHurrying ? pauseMs / 20 : chance.around(pauseMs), () => {
      const life = this.#ports.life();
      if (life !== null) this.#act(life);
      this.#isAtWork = !this.#isHurrying || !this.isDone;
      if (this.#isAtWork) this.start();
    });
  }

  /** How far it is. */
  get progress(): readonly Progress[] {
    return this.#jobs.map((job) => ({ ...job }));
  }

  /** Its program is started again, where it was then. */
  goBack(progress: readonly Progress[]): void {
    this.#jobs = progress.map((job) => ({ ...job }));
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.start();
  }

  /** Nothing but what is left to submit, and soon. */
  hurry(): void {
    this.#isHurrying = true;
  }

  #act(life: Life): void {
    const { chance, isRepeating } = this.#ports;
    const open = this.#jobs.filter((job) => !isSubmitted(job));
    const job = isRepeating && !this.#isHurrying && chance.isTrue(0.3) ? chance.pick(this.#jobs) : open[0];
    const isFickle = !this.#isHurrying && chance.isTrue(0.2);
    if (job === undefined) this.#changeMind(life);
    else if (job.id === null || (isSubmitted(job) && job.order.chunks.length === 0)) this.#create(life, job);
    else if (isFickle) this.#changeMind(life);
    else this.#append(life, job, this.#chunkToSend(job));
  }

  #chunkToSend({ chunk, order }: Progress): number {
    const { chance, isRepeating } = this.#ports;
    const last = order.chunks.length - 1;
    if (this.#isHurrying || !isRepeating || chance.isTrue(0.6)) return Math.min(chunk, last);
    return chance.int(0, last);
  }

  #create(life: Life, job: Progress): void {
    const { witness } = this.#ports;
    const { chunks: _, isCancelled: __, ...order } = job.order;
    for (let times = this.#ports.isRepeating && this.#ports.chance.isTrue(0.2) ? 2 : 1; times > 0; times--)
      this.#ask(life, `creates ${order.key}`, life.coordinator.createJob({ ...order, author: this.#name }), (created) => {
        if (!created.ok) return this.#refused('EN26', order.key, created);
        witness.created(this.#name, order.key, created.value.id);
        job.id = created.value.id;
      });
  }

  #append(life: Life, job: Progress, chunk: number): void {
    const { witness, chance } = this.#ports;
    const id = job.id as JobId;
    const lines = job.order.chunks[chunk]?.join('\n') ?? '';
    const isOther = !this.#isHurrying && chunk < job.chunk && chance.isTrue(0.3);
    const sent = isOther ? `${lines}0` : lines;
    const count = job.order.chunks[chunk]?.length ?? 0;
    const digest: Digest = digestOf(sent);
    const close = chunk === job.order.chunks.length - 1;
    const append = { job: id, author: this.#name, chunk, lines: sent, count, digest, close };
    this.#ask(life, `appends ${chunk}`, life.coordinator.appendUnits(append), (stored) => {
      if (!stored.ok) {
        if (chunk !== job.chunk || isOther) return;
        // It was cancelled, and nobody heard the answer.
        if (job.isAskedToStop && stored.code !== 'overloaded') job.isCancelled = true;
        else this.#refused('EN27', `${id} ${chunk}`, stored);
        return;
      }
      if (isOther) return witness.accuse('I5', `${id} ${chunk}`, 'another chunk was taken for the same');
      witness.appended({ job: id, chunk, firstIndex: stored.value.firstIndex, count, digest });
      job.chunk = Math.max(job.chunk, chunk + 1);
    });
  }

  #changeMind(life: Life): void {
    const job = this.#jobs.find(({ id, order, isCancelled }) => id !== null && order.isCancelled && !isCancelled);
    if (job === undefined || this.#isHurrying) return;
    const id = job.id as JobId;
    job.isAskedToStop = true;
    this.#ask(life, `cancels ${id}`, life.coordinator.cancelJob(id, this.#name), (outcome) => {
      if (!outcome.ok && outcome.code === 'overloaded') return;
      job.isCancelled = true;
      if (outcome.ok) this.#ports.witness.cancelled(id);
    });
  }

  /** An answer comes while the coordinator lives, or never. */
  #ask<Answer>(life: Life, what: string, answer: Promise<Answer>, hear: (answer: Answer) => void): void {
    this.#ports.note(`${this.#name} ${what}`);
    void answer.then((given) => {
      if (life.isDead) return;
      this.#ports.note(`${this.#name} hears ${JSON.stringify(given)}`);
      hear(given);
    });
  }

  /** For load, or because it is stopping: asked again later. */
  #refused(rule: string, subject: string, { code, message }: { code: string; message: string }): void {
    if (code !== 'overloaded') this.#ports.witness.accuse(rule, subject, `it was refused: ${message}`);
  }
}

const isSubmitted = ({ id, chunk, order, isCancelled }: Progress): boolean => id !== null && (isCancelled || chunk >= order.chunks.length);

/** What one author will submit. */
export function drawOrders(chance: Chance, { tasks, count, units, leaseMs, has }: OrderRange): Order[] {
  return Array.from({ length: count }, (_, n) => {
    const size = chance.int(1, units);
    const inputs = drawInputs(chance, size, has);
    return {
      ...{ task: chance.pick(tasks), title: `job ${n}`, key: `key-${n}-${chance.int(0, 1e9)}`, inputs, leaseMs },
      priority: has('priorities') ? chance.int(-1, 1) : 0,
      chunks: inputs.kind === 'stream' ? drawChunks(chance, size) : [],
      isCancelled: has('cancels') && chance.isTrue(0.4),
    };
  });
}

interface OrderRange {
  readonly tasks: readonly TaskId[];
  readonly count: number;
  readonly units: number;
  readonly leaseMs: number;
  has(feature: 'streams' | 'ranges' | 'priorities' | 'cancels'): boolean;
}

function drawInputs(chance: Chance, size: number, has: OrderRange['has']): InputSource {
  if (has('streams') && chance.isTrue(0.6)) return { kind: 'stream' };
  if (has('ranges') && chance.isTrue(0.6)) return { kind: 'range', from: 0, to: size * 7 - 3, step: 7 };
  return { kind: 'index', count: size };
}

function drawChunks(chance: Chance, size: number): string[][] {
  const chunks: string[][] = [];
  for (let left = size; left > 0; ) {
    const count = Math.min(left, chance.int(1, 6));
    chunks.push(Array.from({ length: count }, (_, i) => JSON.stringify(`input ${left - i}`)));
    left -= count;
  }
  return chunks;
}
