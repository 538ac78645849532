/** The journal as a file: rules WK30… in docs/spec/worker.md, reasons in docs/adr/0007-worker-journal.md. */
import { copyFile, readFile } from 'node:fs/promises';
import type { LeaseId } from '@manyhands/protocol';
import type { KeptResult } from '../domain/agent-event.ts';
import type { Pause } from '../domain/agent-state.ts';
import type { Assignment } from '../domain/lease-book.ts';
import type { Journal, Restored } from '../ports/journal.ts';
import { JournalFile } from './journal-file.ts';
import { parseLine, toLine } from './journal-line.ts';
import { type JournalRecord, journalRecordSchema } from './journal-record.ts';
import { LiveSet } from './live-set.ts';

/** The first line: a later format will be told from this one by it. */
const HEADER = toLine({ journal: 'manyhands-worker', format: 1 });

export interface Damage {
  /** Lines that were not whole, the cut-off last one not counted. They were passed over. */
  readonly lines: number;
  /** Where the file as found was put aside. */
  readonly copy: string;
}

/** Rejects when the file cannot be read or written. `onDamage`: the disk changed what was written. */
export async function openFileJournal(path: string, onDamage: (damage: Damage) => void): Promise<Journal> {
  const live = new LiveSet();
  const lost = replay(await readIfThere(path), live);
  if (lost > 0) {
    const copy = `${path}.damaged`;
    await copyFile(path, copy);
    onDamage({ lines: lost, copy });
  }
  const restored = live.restored();
  const file = await JournalFile.create(path, () => HEADER + [...live.records()].map(toLine).join(''));
  return new FileJournal(file, live, restored);
}

class FileJournal implements Journal {
  readonly restored: Restored;
  readonly #file: JournalFile;
  readonly #live: LiveSet;

  constructor(file: JournalFile, live: LiveSet, restored: Restored) {
    this.#file = file;
    this.#live = live;
    this.restored = restored;
  }

  get failed(): Promise<Error> {
    return this.#file.failed;
  }

  noteLeases(leases: readonly Assignment[]): void {
    this.#note({ kind: 'leases', leases: [...leases] });
  }

  noteCheckpoint(lease: LeaseId, state: string): void {
    this.#note({ kind: 'checkpoint', lease, state });
  }

  checkpointOf(lease: LeaseId): string | null {
    return this.#live.checkpointOf(lease);
  }

  keep(kept: KeptResult): Promise<void> {
    return this.#append({ kind: 'result', ...kept }, true);
  }

  forget(leases: readonly LeaseId[]): void {
    this.#note({ kind: 'forget', leases: [...leases] });
  }

  /** Synced: a machine that lost its power must not compute against its owner's word. */
  notePause(pause: Pause | null): void {
    this.#append({ kind: 'pause', pause }, true).catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]();
  }

  /** What is lost of a note costs work or a repeat, never a result. A failure is told by `failed`. */
  #note(record: JournalRecord): void {
    this.#append(record, false).catch(() => undefined);
  }

  #append(record: JournalRecord, mustSync: boolean): Promise<void> {
    this.#live.apply(record);
    return this.#file.append(toLine(record), mustSync);
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Applies every whole line; answers how many others there were. A crash cuts only the last one, and then it has no newline. */
function replay(text: string, live: LiveSet): number {
  const lines = text.split('\n');
  lines.pop();
  let lost = 0;
  for (const line of lines) {
    if (`${line}\n` === HEADER) continue;
    const record = journalRecordSchema.safeParse(parseLine(line));
    if (record.success) live.apply(record.data);
    else lost++;
  }
  return lost;
}
