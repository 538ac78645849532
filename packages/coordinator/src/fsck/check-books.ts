/**
 * The books held against the invariants while the coordinator may be writing them: `findViolations` (domain/invariants.ts) for books of any size.
 * A page of units is in memory at a time, and of each job what it comes to. In this order, each of one moment:
 *   the file itself · bans · each job, its inputs and its units page by page · everything that is kept as a sum
 * Bans come first because what speaks against a host only grows: one that is founded when it is read is founded later.
 */
import { digestOf } from '@manyhands/identity';
import { type JobId, LIMITS, type Payload, unitIdOf } from '@manyhands/protocol';
import type { Violation } from '../domain/invariants.ts';
import { unitsViolations } from '../domain/invariants.ts';
import type { Job } from '../domain/job.ts';
import { JobSum, jobSumViolations } from '../domain/job-invariants.ts';
import { Refutations, unfoundedBans, unfoundedBeliefs } from '../domain/trust-invariants.ts';
import type { BookedUnit, SnapshotReader } from '../store/sqlite/snapshot-reader.ts';
import { isViolation } from '../store/sqlite/snapshot-reader.ts';
import { inputViolations } from './input-check.ts';

export const PAGE_UNITS = 1_000;
const BOUNDS = { maxReplicas: LIMITS.maxReplicas, maxErrors: LIMITS.maxErrors };

/** What was looked at. */
export interface BooksRead {
  readonly jobs: number;
  readonly units: number;
  readonly results: number;
  readonly postings: number;
}

export interface BooksProgress extends BooksRead {
  /** For people: what is being read. */
  readonly now: string;
  /** Units in all, when it began; 0: not known yet. */
  readonly unitsInAll: number;
}

export interface BooksListener {
  violation(found: Violation): void;
  /** A blob that something refers to. `bytes`: how large it must be. */
  blob(payload: Exclude<Payload, string>, subject: string): void;
  progress(progress: BooksProgress): void;
}

/** What is told to `listener.violation` is all that is wrong; a database that cannot be read throws StoreError. */
export function checkBooks(reader: SnapshotReader, listener: BooksListener, pageUnits: number): BooksRead {
  return new BooksCheck(reader, listener, pageUnits).run();
}

class BooksCheck {
  readonly #reader: SnapshotReader;
  readonly #listener: BooksListener;
  readonly #pageUnits: number;
  readonly #refutations = new Refutations();
  #unitsInAll = 0;
  #read: BooksRead = { jobs: 0, units: 0, results: 0, postings: 0 };

  constructor(reader: SnapshotReader, listener: BooksListener, pageUnits: number) {
    this.#reader = reader;
    this.#listener = listener;
    this.#pageUnits = pageUnits;
  }

  run(): BooksRead {
    const reader = this.#reader;
    this.#say('the database file');
    const damages = reader.damages();
    this.#tell(damages.map((message) => ({ rule: 'I7', subject: 'the database', message })));
    if (damages.length > 0) return this.#read;
    for (const { table, refersTo, rows } of reader.strayRows())
      this.#tell([{ rule: 'I7', subject: 'the database', message: `${rows} rows of ${table} refer to a ${refersTo} that does not exist` }]);
    this.#unitsInAll = reader.unitCount();
    const bans = reader.atOneMoment(() => reader.bans());
    for (const found of reader.jobs()) isViolation(found) ? this.#tell([found]) : reader.atOneMoment(() => this.#checkJob(found.id));
    this.#tell(unfoundedBans(bans, this.#refutations));
    for (const task of reader.tasks())
      this.#listener.blob({ blob: task.manifest.bundle, bytes: task.manifest.bundleBytes }, `the bundle of task ${task.id}`);
    reader.atOneMoment(() => {
      for (const found of reader.bookSums((what) => this.#say(what))) this.#tell([found]);
    });
    return this.#read;
  }

  #checkJob(id: JobId): void {
    const job = this.#reader.job(id);
    this.#read = { ...this.#read, jobs: this.#read.jobs + 1 };
    this.#say(`job ${id}`);
    this.#tell(inputViolations(job, this.#reader.chunks(id), (payload, index) => this.#noteBlob(payload, unitIdOf(id, index))));
    // A belief is judged by what speaks against its host anywhere in the job.
    const isOfTrust = job.verify.kind === 'confidence';
    if (isOfTrust) for (const unit of this.#reader.unitsWithTruth(id, this.#pageUnits)) this.#refutations.add(unit, job);
    const sum = new JobSum();
    const tallies = isOfTrust ? this.#reader.tallies(id) : [];
    for (let after: number | null = -1; after !== null; ) {
      const page = this.#reader.units(id, after, this.#pageUnits);
      this.#tell(page.violations);
      this.#checkPage(job, page.units, sum);
      if (isOfTrust)
        this.#tell(
          unfoundedBeliefs(
            page.units.map(({ unit }) => unit),
            tallies,
            new Map([[id, job]]),
            this.#refutations,
          ),
        );
      else for (const { unit } of page.units) this.#refutations.add(unit, job);
      this.#say(`job ${id}`);
      after = page.next;
    }
    this.#tell(jobSumViolations(job, sum));
  }

  #checkPage(job: Job, page: readonly BookedUnit[], sum: JobSum): void {
    const units = page.map(({ unit }) => unit);
    const [results, endings, postings] = [
      page.flatMap((booked) => booked.results),
      page.flatMap((booked) => booked.endings),
      page.flatMap((booked) => booked.postings),
    ];
    this.#tell(unitsViolations({ jobs: [job], units, results, endings, postings, ...BOUNDS }, new Map([[job.id, job]])));
    for (const booked of page) {
      sum.add(booked.unit, booked.results);
      this.#checkOutputs(booked);
    }
    const { jobs } = this.#read;
    this.#read = {
      jobs,
      units: this.#read.units + units.length,
      results: this.#read.results + results.length,
      postings: this.#read.postings + postings.length,
    };
  }

  /** I2: what is stored is what was sent, by its digest. */
  #checkOutputs({ unit, results }: BookedUnit): void {
    const subject = unitIdOf(unit.job, unit.index);
    for (const { no, body } of results) {
      if (body.kind === 'error') continue;
      const actual = typeof body.output === 'string' ? digestOf(body.output) : body.output.blob;
      if (actual !== body.digest)
        this.#tell([{ rule: 'I2', subject, message: `the output stored for replica ${no} is not the one that was sent` }]);
      else this.#noteBlob(body.output, subject);
    }
  }

  #noteBlob(payload: Payload, subject: string): void {
    if (typeof payload !== 'string') this.#listener.blob(payload, subject);
  }

  #tell(violations: Iterable<Violation>): void {
    for (const found of violations) this.#listener.violation(found);
  }

  #say(now: string): void {
    this.#listener.progress({ ...this.#read, now, unitsInAll: this.#unitsInAll });
  }
}
