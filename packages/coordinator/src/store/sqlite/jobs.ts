/** Jobs, and the numbers that stand for their ids in every other table. */
import type { InputSource, JobId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { contradiction } from '../../disk/store-error.ts';
import { isActive, type Job, ZERO_COUNTS } from '../../domain/job.ts';

/** What never changes in a job, so that it may be remembered. */
export interface JobFacts {
  readonly no: number;
  readonly id: JobId;
  readonly inputs: InputSource;
}

/** What an earlier layout did not count yet was never there. */
function parseJob(body: string): Job {
  const job = JSON.parse(body) as Job;
  return { ...job, counts: { ...ZERO_COUNTS, ...job.counts } };
}

export class JobTable {
  readonly #insert: Statement<[JobId, string, string, number, string]>;
  readonly #update: Statement<[number, number, string, JobId, number]>;
  readonly #byId: Statement<[JobId], [number, string]>;
  readonly #byNo: Statement<[number], [number, string]>;
  readonly #byKey: Statement<[string, string], string>;
  readonly #active: Statement<[], string>;
  readonly #newest: Statement<[number, number], string>;
  readonly #takeEndings: Statement<[number, number], number>;
  readonly #remembered = new Map<JobId | number, JobFacts>();

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO job (id, revision, author, key, ended, body) VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#update = db.prepare('UPDATE job SET revision = ?, ended = ?, body = ? WHERE id = ? AND revision = ?');
    this.#byId = db.prepare<[JobId], [number, string]>('SELECT job_no, body FROM job WHERE id = ?').raw();
    this.#byNo = db.prepare<[number], [number, string]>('SELECT job_no, body FROM job WHERE job_no = ?').raw();
    this.#byKey = db.prepare<[string, string], string>('SELECT body FROM job WHERE author = ? AND key = ?').pluck();
    this.#active = db.prepare<[], string>('SELECT body FROM job INDEXED BY job_active WHERE ended = 0 ORDER BY job_no').pluck();
    this.#newest = db.prepare<[number, number], string>('SELECT body FROM job WHERE job_no < ? ORDER BY job_no DESC LIMIT ?').pluck();
    this.#takeEndings = db
      .prepare<[number, number], number>('UPDATE job SET endings = endings + ? WHERE job_no = ? RETURNING endings')
      .pluck();
  }

  /** False: at least one was decided on another revision, or its key is taken (ST3). */
  write(jobs: readonly Job[]): boolean {
    let written = 0;
    for (const job of jobs) {
      const ended = isActive(job) ? 0 : 1;
      const body = JSON.stringify(job);
      written +=
        job.revision === 1
          ? this.#insert.run(job.id, job.author, job.key, ended, body).changes
          : this.#update.run(job.revision, ended, body, job.id, job.revision - 1).changes;
    }
    return written === jobs.length;
  }

  /** Whether the change's job was decided on what is stored. */
  isCurrent(job: Job): boolean {
    const keyHolder = this.findByKey(job.author, job.key)?.id ?? job.id;
    return (this.load(job.id)?.revision ?? 0) === job.revision - 1 && keyHolder === job.id;
  }

  /** Gives `count` places in the job's order of endings to the caller; answers the last of them. */
  takeEndings(no: number, count: number): number {
    return this.#takeEndings.get(count, no) as number;
  }

  load(id: JobId): Job | null {
    const row = this.#byId.get(id);
    return row === undefined ? null : parseJob(row[1]);
  }

  findByKey(author: string, key: string): Job | null {
    const body = this.#byKey.get(author, key);
    return body === undefined ? null : parseJob(body);
  }

  active(): Job[] {
    return this.#active.all().map(parseJob);
  }

  /** `before` null: from the newest on. */
  newest(limit: number, before: JobId | null): Job[] {
    const from = before === null ? Number.MAX_SAFE_INTEGER : this.find(before)?.no;
    return from === undefined ? [] : this.#newest.all(from, limit).map(parseJob);
  }

  /** null: no such job. */
  find(id: JobId): JobFacts | null {
    return this.#remembered.get(id) ?? this.#remember(this.#byId.get(id));
  }

  /** The number of a job that must exist. */
  numberOf(id: JobId): number {
    const facts = this.find(id);
    if (facts === null) throw contradiction(`the change names job ${id}, which does not exist`);
    return facts.no;
  }

  idOf(no: number): JobId {
    const facts = this.#remembered.get(no) ?? this.#remember(this.#byNo.get(no));
    if (facts === null) throw new Error(`job ${no} is referred to and does not exist`);
    return facts.id;
  }

  /** After a rollback: numbers given since may not exist. */
  forget(): void {
    this.#remembered.clear();
  }

  #remember(row: [number, string] | undefined): JobFacts | null {
    if (row === undefined) return null;
    const [no, body] = row;
    const { id, inputs } = parseJob(body);
    const facts = { no, id, inputs };
    this.#remembered.set(id, facts);
    this.#remembered.set(no, facts);
    return facts;
  }
}
