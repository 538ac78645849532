/** Inputs: a chunk of thousands is one row; those of range and index jobs are computed and have none. */
import { type Digest, type JobId, type Payload, unitIdOf } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { InputChunk } from '../../domain/change-set.ts';
import { parsePayloadLine } from '../../domain/payload-line.ts';
import type { UnitRef } from '../../domain/work-unit.ts';
import { computedInput, computedUnitCount, missingInput } from '../job-input.ts';
import type { JobTable } from './jobs.ts';

/** Units are handed out in order of index, so the chunks in use are few: one per job that is being fed. */
const REMEMBERED_CHUNKS = 8;
const REMEMBERED_CHARACTERS = 16 * 2 ** 20;

interface SplitChunk {
  readonly job: JobId;
  readonly firstIndex: number;
  readonly lines: readonly string[];
  readonly characters: number;
}

export class InputTable {
  readonly #jobs: JobTable;
  readonly #insert: Statement<[number, number, number, number, string, string]>;
  readonly #facts: Statement<[number, number], { firstIndex: number; count: number; digest: Digest }>;
  readonly #holding: Statement<[number, number], [number, string]>;
  /** Used last stands last. */
  #recent: SplitChunk[] = [];

  constructor(db: Database, jobs: JobTable) {
    this.#jobs = jobs;
    this.#insert = db.prepare('INSERT INTO input_chunk (job_no, chunk, first_index, count, digest, lines) VALUES (?, ?, ?, ?, ?, ?)');
    this.#facts = db.prepare('SELECT first_index AS firstIndex, count, digest FROM input_chunk WHERE job_no = ? AND chunk = ?');
    this.#holding = db
      .prepare<[number, number], [number, string]>(
        'SELECT first_index, lines FROM input_chunk WHERE job_no = ? AND first_index <= ? ORDER BY first_index DESC LIMIT 1',
      )
      .raw();
  }

  write(chunks: readonly InputChunk[]): void {
    for (const { job, chunk, firstIndex, count, digest, lines } of chunks)
      this.#insert.run(this.#jobs.numberOf(job), chunk, firstIndex, count, digest, lines);
  }

  facts(job: JobId, chunk: number): { firstIndex: number; count: number; digest: Digest } | null {
    return this.#facts.get(this.#jobs.find(job)?.no ?? -1, chunk) ?? null;
  }

  /** Throws for an index that the job does not have. */
  load({ job, index }: UnitRef): Payload {
    const facts = this.#jobs.find(job);
    if (facts === null || index < 0) throw missingInput(unitIdOf(job, index));
    const count = computedUnitCount(facts.inputs);
    if (count !== null && index >= count) throw missingInput(unitIdOf(job, index));
    const chunk = count === null ? this.#chunkHolding(facts.no, job, index) : null;
    const payload = chunk === null ? computedInput(facts.inputs, index) : parsePayloadLine(chunk.lines[index - chunk.firstIndex] ?? '');
    if (payload === null) throw missingInput(unitIdOf(job, index));
    return payload;
  }

  #chunkHolding(jobNo: number, job: JobId, index: number): SplitChunk | null {
    const isIt = (chunk: SplitChunk) => chunk.job === job && index >= chunk.firstIndex && index < chunk.firstIndex + chunk.lines.length;
    const last = this.#recent.at(-1);
    if (last !== undefined && isIt(last)) return last;
    const chunk = this.#recent.find(isIt) ?? this.#read(jobNo, job, index);
    if (chunk !== null) this.#recent = remember(this.#recent, chunk);
    return chunk;
  }

  #read(jobNo: number, job: JobId, index: number): SplitChunk | null {
    const row = this.#holding.get(jobNo, index);
    return row === undefined ? null : { job, firstIndex: row[0], lines: row[1].split('\n'), characters: row[1].length };
  }
}

/** The chunk last; the ones unused for longest leave when there are too many or they are too large. */
function remember(recent: readonly SplitChunk[], chunk: SplitChunk): SplitChunk[] {
  const kept = [...recent.filter((other) => other !== chunk), chunk].slice(-REMEMBERED_CHUNKS);
  let characters = kept.reduce((sum, { characters }) => sum + characters, 0);
  while (kept.length > 1 && characters > REMEMBERED_CHARACTERS) characters -= kept.shift()?.characters ?? 0;
  return kept;
}
