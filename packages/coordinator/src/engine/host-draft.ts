/** What one batch decides about hosts: events folded into standings and tallies over what is committed. */
import type { AccountId, HostId, JobId, TaskId } from '@manyhands/protocol';
import { type Conduct, conductChanges, foldConduct, giveBack, giveBackTooMuch } from '../domain/conduct.ts';
import { createStanding, foldStanding, type HostEvent, isEstablished, type Standing } from '../domain/standing.ts';
import { type Census, countTally, createTally, foldTally, type Tally } from '../domain/tally.ts';
import type { HostBook } from '../domain/trust-view.ts';
import type { LeasedReplica, WorkUnit } from '../domain/work-unit.ts';
import type { HostBooks } from './host-books.ts';

export class HostDraft {
  readonly #books: HostBooks;
  readonly #now: number;
  readonly #firstQuota: number;
  readonly #standings = new Map<TaskId, Map<HostId, Standing>>();
  /** Changed by the batch. */
  readonly conducts = new Map<TaskId, Map<HostId, Conduct>>();
  readonly #tallies = new Map<JobId, Map<HostId, Tally>>();
  readonly #censuses = new Map<JobId, Census>();
  /** Hosts whose word counts from this batch on. */
  readonly established: { readonly job: JobId; readonly host: HostId }[] = [];

  constructor(books: HostBooks, now: number, firstQuota: number) {
    this.#books = books;
    this.#now = now;
    this.#firstQuota = firstQuota;
  }

  standing(task: TaskId, host: HostId): Standing | undefined {
    return this.#standings.get(task)?.get(host) ?? this.#books.standing(task, host);
  }

  standingFor(task: TaskId, host: HostId, account: AccountId): Standing {
    return this.standing(task, host) ?? createStanding(task, host, account, this.#firstQuota);
  }

  conduct(task: TaskId, host: HostId): Conduct {
    return this.conducts.get(task)?.get(host) ?? this.#books.conduct(task, host);
  }

  /** A unit has changed. */
  follow(task: TaskId, before: WorkUnit, after: WorkUnit): void {
    for (const change of conductChanges(before, after)) {
      const conduct = this.conduct(task, change.host);
      const folded = foldConduct(conduct, change);
      if (folded !== conduct) at(this.conducts, task).set(change.host, folded);
    }
  }

  /** It gave a lease back. */
  gaveBack({ job, task }: { readonly job: JobId; readonly task: TaskId }, { host, account, deadlineAt }: LeasedReplica): void {
    const conduct = this.conduct(task, host);
    const allowed = giveBack(conduct);
    at(this.conducts, task).set(host, allowed ?? giveBackTooMuch(conduct, deadlineAt, this.#now));
    if (allowed === null) this.fold({ kind: 'declined', job, host, account }, task, false);
  }

  bookOf(job: JobId, task: TaskId): HostBook {
    const draft = this;
    return {
      get census() {
        return draft.#censuses.get(job) ?? draft.#books.census(job);
      },
      standingOf: (host) => draft.standing(task, host),
      tallyOf: (host) => draft.#tally(job, host),
    };
  }

  /** `isTallied`: the job counts what each host's word was put to. */
  fold(event: HostEvent, task: TaskId, isTallied: boolean): void {
    const { job, host, account } = event;
    const standing = this.standingFor(task, host, account);
    const folded = foldStanding(standing, event, this.#now);
    at(this.#standings, task).set(host, folded);
    if (!isTallied) return;
    if (!isEstablished(standing) && isEstablished(folded)) this.established.push({ job, host });
    const before = this.#tally(job, host) ?? null;
    const after = foldTally(before ?? createTally(job, host), event);
    if (after === before) return;
    this.#censuses.set(job, countTally(this.#censuses.get(job) ?? this.#books.census(job), before, after));
    at(this.#tallies, job).set(host, after);
  }

  get standings(): Standing[] {
    return [...this.#standings.values()].flatMap((own) => [...own.values()]);
  }

  get tallies(): Tally[] {
    return [...this.#tallies.values()].flatMap((own) => [...own.values()]);
  }

  #tally(job: JobId, host: HostId): Tally | undefined {
    return this.#tallies.get(job)?.get(host) ?? this.#books.tally(job, host);
  }
}

function at<Key, Own>(maps: Map<Key, Map<HostId, Own>>, key: Key): Map<HostId, Own> {
  const own = maps.get(key) ?? new Map<HostId, Own>();
  maps.set(key, own);
  return own;
}
