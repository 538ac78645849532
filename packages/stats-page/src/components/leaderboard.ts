/** Who has helped most: volunteers, and teams where there are any. */
import type { StatsView } from '@manyhands/protocol';
import { a, h2, h3, p, section, type VNode } from '../element.ts';
import { accountTable, fromTheTop, teamTable } from './leader-tables.ts';

const SHOWN = 10;
const TEAMS_SHOWN = 5;

export function leaderboard({ leaders, teams }: Pick<StatsView, 'leaders' | 'teams'>): VNode {
  return section(
    { class: 'panel', 'aria-labelledby': 'leaders' },
    h2({ id: 'leaders' }, 'Leaderboard'),
    p(
      { class: 'note' },
      'Credit counts verified work only: 200 credits are one day of a 1 GFLOPS machine. Lately: the average of the last weeks. All of it ',
      a({ href: '/v1/leaderboard' }, 'as data'),
      '.',
    ),
    leaders.length === 0
      ? p({ class: 'empty' }, 'Nobody yet. The first verified result opens the list.')
      : accountTable('Volunteers by credit', fromTheTop(leaders.slice(0, SHOWN))),
    teams.length === 0 ? null : h3({ class: 'teams' }, 'Teams'),
    teams.length === 0 ? null : teamTable('Teams by credit', fromTheTop(teams.slice(0, TEAMS_SHOWN))),
  );
}
