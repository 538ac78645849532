/** What pages ask about credit: rows along an index, never a scan (ST15). */
import type { Database, Statement } from 'better-sqlite3';
import type { CreditDay } from '../../domain/balance.ts';
import { recentRank } from '../../domain/recent-credit.ts';
import type { Earner, EarnerKind, Ranked, Ranking, RankingPage } from '../../ports/credit-reads.ts';
import { RANKS_COUNTED } from '../ranks-counted.ts';
import { decodeEarner, EARNER_COLUMNS, EARNER_KINDS, type EarnerFields, type EarnerRow, type EarnerTable, teamParty } from './earners.ts';
import type { Parties } from './parties.ts';

type Place = [kind: number, value: number, partyNo: number, limit: number];

interface Board {
  readonly below: Statement<Place, EarnerFields>;
  readonly above: Statement<Place, EarnerFields>;
  readonly countAbove: Statement<Place, number>;
}

export class EarnerReads {
  readonly #parties: Parties;
  readonly #table: EarnerTable;
  readonly #boards: Readonly<Record<Ranking, Board>>;
  readonly #members: Statement<[number, number], EarnerFields>;
  readonly #days: Statement<[number, number], CreditDay>;

  constructor(db: Database, parties: Parties, table: EarnerTable) {
    this.#parties = parties;
    this.#table = table;
    this.#boards = {
      total: prepareBoard(db, 'microcredits', 'earner INDEXED BY earner_total WHERE postings > 0'),
      recent: prepareBoard(db, 'recent_rank', 'earner INDEXED BY earner_recent WHERE recent_rank IS NOT NULL'),
    };
    this.#members = db
      .prepare<[number, number], EarnerFields>(
        `SELECT ${EARNER_COLUMNS} FROM earner INDEXED BY earner_member WHERE kind = 0 AND belongs_no = ? ORDER BY microcredits DESC, party_no DESC LIMIT ?`,
      )
      .raw();
    this.#days = db.prepare(
      `SELECT day, valid_results AS validResults, microcredits FROM credit_day
       WHERE party_no = ? AND day >= ? AND (valid_results <> 0 OR microcredits <> 0) ORDER BY day`,
    );
  }

  earner(kind: EarnerKind, id: string): Earner | null {
    const row = this.#find(kind, id);
    // An account whose hosts have all moved to another one is nobody, unless it has a past.
    const isKnown = row !== null && (row.kind === 'host' || row.members + row.postings + row.invalidResults > 0);
    return isKnown ? this.#toEarner(row) : null;
  }

  ranking(kind: Ranked, by: Ranking, { limit, after, direction = 'below' }: RankingPage): Earner[] {
    const from = after === null ? null : this.#find(kind, after);
    if (after !== null && from === null) return [];
    const value = from === null ? Number.POSITIVE_INFINITY : rankedBy(from, by);
    if (value === null) return [];
    const rows = this.#boards[by][direction].all(EARNER_KINDS.indexOf(kind), value, from?.partyNo ?? 0, limit);
    return rows.map((fields) => this.#toEarner(decodeEarner(fields)));
  }

  rank(kind: Ranked, by: Ranking, id: string): number | null {
    const row = this.#find(kind, id);
    const value = row === null ? null : rankedBy(row, by);
    if (row === null || value === null) return null;
    const above = this.#boards[by].countAbove.get(EARNER_KINDS.indexOf(kind), value, row.partyNo, RANKS_COUNTED) as number;
    return above < RANKS_COUNTED ? above + 1 : null;
  }

  membersOf(team: string, limit: number): Earner[] {
    const rows = this.#members.all(this.#parties.find(teamParty(team)) ?? -1, limit);
    return rows.map((fields) => this.#toEarner(decodeEarner(fields)));
  }

  days(kind: EarnerKind, id: string, firstDay: number): CreditDay[] {
    return this.#days.all(this.#find(kind, id)?.partyNo ?? -1, firstDay);
  }

  #find(kind: EarnerKind, id: string): EarnerRow | null {
    const partyNo = this.#parties.find(kind === 'team' ? teamParty(id) : id);
    const row = partyNo === null ? null : this.#table.find(partyNo);
    return row?.kind === kind ? row : null;
  }

  #toEarner({ partyNo, kind, name, belongsNo, members, invalidResults, balance }: EarnerRow): Earner {
    const belongs = belongsNo === null ? null : this.#parties.idOf<string>(belongsNo);
    return {
      id: kind === 'team' ? (name as string) : this.#parties.idOf<string>(partyNo),
      name,
      belongsTo: kind === 'account' && belongs !== null ? belongs.slice(teamParty('').length) : belongs,
      members,
      invalidResults,
      ...balance,
    };
  }
}

/** null: it is not in this ranking. */
const rankedBy = ({ postings, balance }: EarnerRow, by: Ranking): number | null =>
  by === 'recent' ? recentRank(balance.recent) : postings > 0 ? balance.microcredits : null;

/** Equals stand in the order in which they were first heard of, the newest first: an index read backwards has its rows so. */
function prepareBoard(db: Database, value: string, source: string): Board {
  const kind = `${source} AND kind <> 1 AND kind = ?`;
  const page = (operator: string, order: string) =>
    db
      .prepare<Place, EarnerFields>(
        `SELECT ${EARNER_COLUMNS} FROM ${kind} AND (${value}, party_no) ${operator} (?, ?) ORDER BY ${value} ${order}, party_no ${order} LIMIT ?`,
      )
      .raw();
  return {
    below: page('<', 'DESC'),
    above: page('>', 'ASC'),
    countAbove: db.prepare<Place, number>(`SELECT count(*) FROM (SELECT 1 FROM ${kind} AND (${value}, party_no) > (?, ?) LIMIT ?)`).pluck(),
  };
}
