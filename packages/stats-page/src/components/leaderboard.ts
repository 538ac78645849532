/** Who has helped most. Names appear only where their owners gave one. */
import type { StatsView } from '@manyhands/protocol';
import { caption, h2, p, section, span, table, tbody, td, th, thead, tr, type VNode } from '../element.ts';
import { count, rate } from '../words/numbers.ts';
import { volunteerName } from '../words/volunteer-name.ts';

const SHOWN = 10;

type Leader = StatsView['leaders'][number];

export function leaderboard(leaders: readonly Leader[]): VNode {
  return section(
    { class: 'panel', 'aria-labelledby': 'leaders' },
    h2({ id: 'leaders' }, 'Leaderboard'),
    p({ class: 'note' }, 'Credit counts verified work only: 200 credits are one day of a 1 GFLOPS machine.'),
    leaders.length === 0
      ? p({ class: 'empty' }, 'Nobody yet. The first verified result opens the list.')
      : leaderTable(leaders.slice(0, SHOWN)),
  );
}

function leaderTable(leaders: readonly Leader[]): VNode {
  return table(
    { class: 'leaders' },
    caption({ class: 'hidden' }, 'Volunteers by valid results'),
    thead(
      {},
      tr(
        {},
        th({ scope: 'col' }, span({ class: 'hidden' }, 'Rank')),
        th({ scope: 'col' }, 'Volunteer'),
        th({ scope: 'col', class: 'number' }, 'Results'),
        th({ scope: 'col', class: 'number' }, 'Credit'),
      ),
    ),
    tbody(
      {},
      ...leaders.map((leader, i) =>
        tr(
          { key: leader.account },
          td({ class: 'rank' }, count(i + 1)),
          th(
            { scope: 'row', class: leader.name === null ? 'name quiet' : 'name', dir: 'auto' },
            volunteerName(leader.name, leader.account),
          ),
          td({ class: 'number' }, count(leader.validResults)),
          td({ class: 'number' }, rate(leader.credit)),
        ),
      ),
    ),
  );
}
