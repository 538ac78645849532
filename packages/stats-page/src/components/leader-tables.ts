/** Who has earned how much, a row each. Names appear only where their owners gave one. */
import type { AccountLine, TeamLine } from '@manyhands/protocol';
import { a, caption, span, table, tbody, td, th, thead, tr, type VNode } from '../element.ts';
import { count, counted, rate } from '../words/numbers.ts';
import { volunteerName } from '../words/volunteer-name.ts';

/** `rank` null: not counted. */
type Ranked<Line> = Line & { readonly rank: number | null };

export const teamPath = (team: string): string => `/teams/${encodeURIComponent(team)}`;

/** `own`: the account the page is about, if any. */
export function accountTable(title: string, lines: readonly Ranked<AccountLine>[], own: string | null = null): VNode {
  return leaderTable(
    title,
    'Volunteer',
    lines.map((line) =>
      row(
        line,
        line.account,
        th(
          { scope: 'row', class: line.name === null ? 'name quiet' : 'name' },
          a(
            {
              href: `/accounts/${encodeURIComponent(line.account)}`,
              dir: 'auto',
              ...(line.account === own && { 'aria-current': 'page' as const }),
            },
            volunteerName(line.name, line.account),
          ),
          line.team === null ? null : span({ class: 'note', dir: 'auto' }, line.team),
        ),
      ),
    ),
  );
}

export function teamTable(title: string, lines: readonly Ranked<TeamLine>[]): VNode {
  return leaderTable(
    title,
    'Team',
    lines.map((line) =>
      row(
        line,
        line.team,
        th(
          { scope: 'row', class: 'name' },
          a({ href: teamPath(line.team), dir: 'auto' }, line.team),
          span({ class: 'note' }, counted(line.accounts, 'volunteer')),
        ),
      ),
    ),
  );
}

function leaderTable(title: string, who: string, rows: readonly VNode[]): VNode {
  return table(
    { class: 'leaders' },
    caption({ class: 'hidden' }, title),
    thead(
      {},
      tr(
        {},
        th({ scope: 'col' }, span({ class: 'hidden' }, 'Rank')),
        th({ scope: 'col' }, who),
        th({ scope: 'col', class: 'number' }, 'Credit'),
        th({ scope: 'col', class: 'number' }, 'A day, lately'),
      ),
    ),
    tbody({}, ...rows),
  );
}

const row = ({ rank, credit, recentCredit }: Ranked<AccountLine> | Ranked<TeamLine>, key: string, name: VNode): VNode =>
  tr(
    { key },
    td({ class: 'rank' }, rank === null ? '–' : count(rank)),
    name,
    td({ class: 'number' }, rate(credit)),
    td({ class: 'number' }, rate(recentCredit)),
  );

/** Lines from the top of a leaderboard. */
export const fromTheTop = <Line>(lines: readonly Line[]): Ranked<Line>[] => lines.map((line, i) => ({ ...line, rank: i + 1 }));
