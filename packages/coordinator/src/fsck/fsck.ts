/** A whole data folder checked, in use or not: its database by the invariants, and its blobs. Changes nothing. */
import { join } from 'node:path';
import type { Violation } from '../domain/invariants.ts';
import { openSnapshotReader, type SnapshotReader } from '../store/sqlite/snapshot-reader.ts';
import { toStoreError } from '../store/sqlite/sqlite-error.ts';
import { blobsIn, blobViolation, contentViolation } from './blob-check.ts';
import { type BooksListener, type BooksProgress, type BooksRead, checkBooks, PAGE_UNITS } from './check-books.ts';
import { type ExplainedViolation, explain } from './explanations.ts';

/** So many are told one by one; all are counted. */
const TOLD = 1_000;

export interface FsckReport extends BooksRead {
  /** Of blobs, how often one is referred to. */
  readonly blobs: number;
  /** All there are, by rule. Empty: nothing is wrong. */
  readonly found: Readonly<Record<string, number>>;
  /** The first thousand. */
  readonly violations: readonly ExplainedViolation[];
}

export interface FsckOptions {
  /** The folder of the blobs; null: they are not looked at. */
  readonly blobs?: string | null;
  /** Read every blob and compare it with its name; else only its size is looked at. */
  readonly readBlobs?: boolean;
  /** Units in memory at a time. */
  readonly pageUnits?: number;
  readonly onProgress?: (progress: BooksProgress) => void;
}

/** Throws StoreError when there is nothing that can be checked, or the disk fails. */
export function fsck(folder: string, options: FsckOptions = {}): FsckReport {
  using reader = openSnapshotReader(folder);
  try {
    return check(reader, { blobs: join(folder, 'blobs'), readBlobs: false, pageUnits: PAGE_UNITS, onProgress: () => {}, ...options });
  } catch (error) {
    throw toStoreError(error, folder);
  }
}

function check(reader: SnapshotReader, { blobs, readBlobs, pageUnits, onProgress }: Required<FsckOptions>): FsckReport {
  const findings = new Findings();
  let references = 0;
  const listener: BooksListener = {
    violation: (found) => findings.add(found),
    blob: (payload, subject) => {
      references++;
      findings.add(blobs === null ? null : blobViolation(blobs, payload, subject));
    },
    progress: onProgress,
  };
  const read = checkBooks(reader, listener, pageUnits);
  if (readBlobs && blobs !== null)
    for (const blob of blobsIn(blobs)) {
      onProgress({ ...read, now: 'blobs', unitsInAll: read.units });
      findings.add(contentViolation(blob));
    }
  return { ...read, blobs: references, ...findings.report() };
}

/** Counts every violation and keeps the first ones. */
export class Findings {
  readonly #found: Record<string, number> = {};
  readonly #told: ExplainedViolation[] = [];

  /** null: nothing was wrong. */
  add(violation: Violation | null): void {
    if (violation === null) return;
    this.#found[violation.rule] = (this.#found[violation.rule] ?? 0) + 1;
    if (this.#told.length < TOLD) this.#told.push(explain(violation));
  }

  report(): Pick<FsckReport, 'found' | 'violations'> {
    return { found: this.#found, violations: this.#told };
  }
}
