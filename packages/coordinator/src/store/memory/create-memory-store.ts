import { type AccountId, type JobId, type ResultRow, unitIdOf } from '@manyhands/protocol';
import { type CreditDay, daysOf } from '../../domain/balance.ts';
import type { Posting, PublishedTask, StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { UnitRef, WorkUnit } from '../../domain/work-unit.ts';
import type { Earner, EarnerKind, Ranked, Ranking, RankingPage } from '../../ports/credit-reads.ts';
import type { JobCell, ReadStore } from '../../ports/read-store.ts';
import type { Store } from '../../ports/store.ts';
import { NAMES_PER_CELL, unitsPerCell } from '../job-cells.ts';
import { microcreditsIn, validIn } from '../posting-sums.ts';
import { RANKS_COUNTED } from '../ranks-counted.ts';
import { toResultRow } from '../result-row.ts';
import { earnersOf, postingsOf, rankedEarners } from './memory-earners.ts';
import { MemoryStore } from './memory-store.ts';
import { nameOf, unitsOf } from './memory-tables.ts';

/** A store in this process's memory, for simulations and tests. */
export const createMemoryStore = (): Store & ReadStore => new ReadableMemoryStore();

const isSomething = ({ validResults, microcredits }: CreditDay): boolean => validResults !== 0 || microcredits !== 0;

class ReadableMemoryStore extends MemoryStore implements ReadStore {
  async listJobs(limit: number, before: JobId | null): Promise<readonly Job[]> {
    const newestFirst = [...this.tables.jobs.values()].reverse();
    const start = before === null ? 0 : newestFirst.findIndex((job) => job.id === before) + 1;
    return before !== null && start === 0 ? [] : newestFirst.slice(start, start + limit);
  }

  async listTasks(limit: number): Promise<readonly PublishedTask[]> {
    return [...this.tables.tasks.values()].sort((a, b) => b.publishedAt - a.publishedAt || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  async loadUnit(ref: UnitRef): Promise<WorkUnit | null> {
    return this.tables.units.get(unitIdOf(ref.job, ref.index)) ?? null;
  }

  async units(job: JobId, after: number, limit: number): Promise<readonly WorkUnit[]> {
    return unitsOf(this.tables, job)
      .filter(({ index }) => index > after)
      .slice(0, limit);
  }

  async results(job: JobId, after: number, limit: number): Promise<readonly ResultRow[]> {
    const endings = [...this.tables.endings.values()].filter((ending) => ending.job === job && ending.place > after);
    const rows = endings.slice(0, limit).map(async (ending) => {
      const unit = (await this.loadUnit(ending)) as WorkUnit;
      const answers = (await this.evidence(ending)).filter(({ no, body }) => no === ending.no && body.kind === 'ok');
      const body = answers[0]?.body;
      const output = body?.kind === 'ok' ? body.output : null;
      return toResultRow({ unit, cursor: ending.place, input: this.inputOf(ending), output }, (account) => nameOf(this.tables, account));
    });
    return Promise.all(rows);
  }

  async evidence(ref: UnitRef): Promise<readonly StoredResult[]> {
    return [...this.tables.results.values()]
      .filter((result) => result.job === ref.job && result.index === ref.index)
      .sort((a, b) => a.receivedAt - b.receivedAt || a.no - b.no || Number(a.late) - Number(b.late));
  }

  async postings({ job, index }: UnitRef): Promise<readonly Posting[]> {
    return [...this.tables.postings.values()]
      .filter((posting) => posting.job === job && posting.index === index)
      .sort((a, b) => a.no - b.no || a.at - b.at || Number(a.kind === 'revocation') - Number(b.kind === 'revocation'));
  }

  async earner(kind: EarnerKind, id: string): Promise<Earner | null> {
    return earnersOf(this.tables, kind).find((earner) => earner.id === id) ?? null;
  }

  async ranking(kind: Ranked, by: Ranking, { limit, after, direction = 'below' }: RankingPage): Promise<readonly Earner[]> {
    const ranked = rankedEarners(this.tables, kind, by);
    const at = after === null ? -1 : ranked.findIndex(({ id }) => id === after);
    if (after !== null && at === -1) return [];
    return direction === 'below' ? ranked.slice(at + 1, at + 1 + limit) : ranked.slice(0, Math.max(0, at)).reverse().slice(0, limit);
  }

  async rank(kind: Ranked, by: Ranking, id: string): Promise<number | null> {
    const at = rankedEarners(this.tables, kind, by).findIndex((earner) => earner.id === id);
    return at === -1 || at >= RANKS_COUNTED ? null : at + 1;
  }

  async membersOf(team: string, limit: number): Promise<readonly Earner[]> {
    const members = earnersOf(this.tables, 'account').filter(({ belongsTo }) => belongsTo === team);
    return members.sort((a, b) => b.microcredits - a.microcredits).slice(0, limit);
  }

  async creditDays(kind: EarnerKind, id: string, firstDay: number): Promise<readonly CreditDay[]> {
    return daysOf(postingsOf(this.tables, kind, id))
      .filter(isSomething)
      .filter(({ day }) => day >= firstDay);
  }

  async totals(): Promise<{ hosts: number; accounts: number; finalUnits: number; validResults: number; microcredits: number }> {
    const hosts = [...this.tables.hosts.values()];
    const postings = [...this.tables.postings.values()];
    return {
      hosts: hosts.length,
      accounts: new Set(hosts.map((host) => host.account)).size,
      finalUnits: [...this.tables.endings.values()].filter((ending) => ending.state === 'final').length,
      validResults: validIn(postings),
      microcredits: microcreditsIn(postings),
    };
  }

  async hostsOf(job: JobId): Promise<number> {
    const byHost = Map.groupBy(this.#postingsOf(job), (posting) => posting.host);
    return [...byHost.values()].filter((postings) => validIn(postings) > 0).length;
  }

  async cells(job: JobId): Promise<{ unitsPerCell: number; cells: readonly JobCell[] }> {
    const size = unitsPerCell(this.tables.jobs.get(job)?.unitCount ?? 0);
    const byCell = Map.groupBy(unitsOf(this.tables, job), (unit) => Math.floor(unit.index / size));
    const cells = [...byCell].map(([cell, units]) => {
      const count = (...kinds: WorkUnit['state']['kind'][]) => units.filter((unit) => kinds.includes(unit.state.kind)).length;
      const postings = this.#standingOf(job).filter((posting) => Math.floor(posting.index / size) === cell);
      return {
        cell,
        final: count('final'),
        failed: count('failed'),
        cancelled: count('cancelled'),
        active: count('open', 'verifying', 'provisional'),
        accounts: this.#namesOf(postings),
      };
    });
    return { unitsPerCell: size, cells };
  }

  #postingsOf(job: JobId): Posting[] {
    return [...this.tables.postings.values()].filter((posting) => posting.job === job);
  }

  /** Those of valid results that were not taken back. */
  #standingOf(job: JobId): Posting[] {
    const isStanding = ({ index, no, kind }: Posting) =>
      kind === 'valid-result' && !this.tables.postings.has(`${unitIdOf(job, index)}/${no}/revocation`);
    return this.#postingsOf(job).filter(isStanding);
  }

  #namesOf(postings: readonly Posting[]): string[] {
    const accounts = new Set<AccountId>(postings.map((posting) => posting.account));
    return [...accounts].slice(0, NAMES_PER_CELL).map((account) => nameOf(this.tables, account) ?? account);
  }
}
