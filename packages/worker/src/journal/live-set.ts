/** What the journal's lines amount to: the leases that are still this host's business, and whether it is paused. */
import type { LeaseId } from '@manyhands/protocol';
import type { KeptResult } from '../domain/agent-event.ts';
import type { Pause } from '../domain/agent-state.ts';
import type { Assignment } from '../domain/lease-book.ts';
import type { Restored } from '../ports/journal.ts';
import type { JournalRecord } from './journal-record.ts';

/** A result outweighs all that led to it. */
type Live =
  | { readonly kind: 'unfinished'; readonly assignment: Assignment; readonly checkpoint: string | null }
  | { readonly kind: 'finished'; readonly kept: KeptResult };

export class LiveSet {
  readonly #live = new Map<LeaseId, Live>();
  #pause: Pause | null = null;

  apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'leases':
        for (const assignment of record.leases) {
          if (!this.#live.has(assignment.lease)) this.#live.set(assignment.lease, { kind: 'unfinished', assignment, checkpoint: null });
        }
        break;
      case 'checkpoint':
        this.#noteCheckpoint(record.lease, record.state);
        break;
      case 'result':
        this.#live.set(record.result.lease, { kind: 'finished', kept: { task: record.task, result: record.result } });
        break;
      case 'pause':
        this.#pause = record.pause;
        break;
      case 'forget':
        for (const lease of record.leases) this.#live.delete(lease);
    }
  }

  checkpointOf(lease: LeaseId): string | null {
    const live = this.#live.get(lease);
    return live?.kind === 'unfinished' ? live.checkpoint : null;
  }

  restored(): Restored {
    const all = [...this.#live.values()];
    return {
      leases: all.flatMap((live) => (live.kind === 'unfinished' ? [{ ...live.assignment, hasCheckpoint: live.checkpoint !== null }] : [])),
      results: all.flatMap((live) => (live.kind === 'finished' ? [live.kept] : [])),
      pause: this.#pause,
    };
  }

  /** The shortest journal that amounts to the same. */
  *records(): Generator<JournalRecord> {
    if (this.#pause !== null) yield { kind: 'pause', pause: this.#pause };
    for (const [lease, live] of this.#live) {
      if (live.kind === 'finished') yield { kind: 'result', ...live.kept };
      else {
        yield { kind: 'leases', leases: [live.assignment] };
        if (live.checkpoint !== null) yield { kind: 'checkpoint', lease, state: live.checkpoint };
      }
    }
  }

  #noteCheckpoint(lease: LeaseId, state: string): void {
    const live = this.#live.get(lease);
    if (live?.kind === 'unfinished') this.#live.set(lease, { ...live, checkpoint: state });
  }
}
