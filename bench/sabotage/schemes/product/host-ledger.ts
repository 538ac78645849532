/** What hosts have earned: the domain's standings, tallies and census, by the world's host numbers. */
import type { HostId } from '@manyhands/protocol';
import {
  type Conduct,
  conductChanges,
  FIRST_CONDUCT,
  foldConduct,
  giveBack,
  giveBackTooMuch,
} from '../../../../packages/coordinator/src/domain/conduct.ts';
import { createStanding, foldStanding, type HostEvent, type Standing } from '../../../../packages/coordinator/src/domain/standing.ts';
import {
  type Census,
  countTally,
  createTally,
  EMPTY_CENSUS,
  foldTally,
  type Tally,
} from '../../../../packages/coordinator/src/domain/tally.ts';
import type { HostBook } from '../../../../packages/coordinator/src/domain/trust-view.ts';
import type { WorkUnit } from '../../../../packages/coordinator/src/domain/work-unit.ts';
import { ENGINE_LIMITS } from '../../../../packages/coordinator/src/engine/engine-limits.ts';
import type { Book } from '../../world/scheme.ts';
import { accountIdOf, hostIdOf, hostNumberOf, JOB, TASK } from './names.ts';

export class HostLedger implements HostBook {
  readonly #book: Book;
  readonly #standings: Standing[] = [];
  readonly #conducts: Conduct[] = [];
  readonly #tallies: (Tally | undefined)[] = [];
  census: Census = EMPTY_CENSUS;

  constructor(book: Book) {
    this.#book = book;
  }

  join(host: number, account: number): void {
    this.#standings[host] = createStanding(TASK, hostIdOf(host), accountIdOf(account), ENGINE_LIMITS.firstQuota);
    this.#conducts[host] = FIRST_CONDUCT;
  }

  standing(host: number): Standing {
    return this.#standings[host] as Standing;
  }

  conduct(host: number): Conduct {
    return this.#conducts[host] as Conduct;
  }

  follow(before: WorkUnit, after: WorkUnit): void {
    for (const change of conductChanges(before, after)) {
      const host = hostNumberOf(change.host);
      this.#conducts[host] = foldConduct(this.conduct(host), change);
    }
  }

  gaveBack(host: number, deadlineAt: number, now: number): void {
    const conduct = this.conduct(host);
    const allowed = giveBack(conduct);
    this.#conducts[host] = allowed ?? giveBackTooMuch(conduct, deadlineAt, now);
    if (allowed === null) this.fold({ kind: 'declined', job: JOB, host: hostIdOf(host), account: this.standing(host).account }, now, false);
  }

  standingOf(host: HostId): Standing | undefined {
    return this.#standings[hostNumberOf(host)];
  }

  tallyOf(host: HostId): Tally | undefined {
    return this.#tallies[hostNumberOf(host)];
  }

  /** `isTallied`: the job's policy counts what each host's word was put to. */
  fold(event: HostEvent, now: number, isTallied: boolean): void {
    const host = hostNumberOf(event.host);
    const before = this.standing(host);
    const after = foldStanding(before, event, now);
    this.#standings[host] = after;
    if (event.kind === 'failed' || event.kind === 'outvoted' || event.kind === 'convicted') this.#book.blame(host);
    if (after.isBanned && !before.isBanned) this.#book.ban(host);
    if (isTallied) this.#tally(event, host);
  }

  #tally(event: HostEvent, host: number): void {
    const before = this.#tallies[host] ?? null;
    const after = foldTally(before ?? createTally(JOB, event.host), event);
    if (after === before) return;
    this.census = countTally(this.census, before, after);
    this.#tallies[host] = after;
  }
}
