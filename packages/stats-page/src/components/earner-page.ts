/** A volunteer or a team: what they earned, day by day, and who stands beside them. */
import type { AccountView, TeamView } from '@manyhands/protocol';
import { a, div, h1, h2, main, p, section, span, type VNode } from '../element.ts';
import type { AccountState, TeamState } from '../page-state.ts';
import { count, rate } from '../words/numbers.ts';
import { accountSentence, placeWords, teamSentence } from '../words/sentences.ts';
import { creditChart } from './credit-chart.ts';
import { type Fact, factRow } from './facts.ts';
import { joinBox } from './join-box.ts';
import { accountTable, fromTheTop, teamPath } from './leader-tables.ts';

export function accountPage({ account, around, project, origin }: AccountState): VNode {
  const { team } = account;
  const neighbours = section(
    { class: 'panel', 'aria-labelledby': 'around' },
    h2({ id: 'around' }, 'Around them'),
    around.of === 'accounts' ? accountTable('Neighbours in the leaderboard', around.lines, account.account) : null,
  );
  return earnerPage({
    eyebrow: team === null ? span({}, 'Volunteer') : span({}, 'Volunteer on team ', a({ href: teamPath(team), dir: 'auto' }, team)),
    sentence: accountSentence(account),
    view: account,
    facts: [{ label: 'Machines', value: count(account.hosts), meaning: 'that quote this account' }],
    side: [neighbours, joinBox(origin, project.projectKey)],
  });
}

export function teamPage({ team, project, origin }: TeamState): VNode {
  const members = section(
    { class: 'panel', 'aria-labelledby': 'members' },
    h2({ id: 'members' }, 'Members'),
    accountTable('Members by credit', fromTheTop(team.members)),
  );
  return earnerPage({
    eyebrow: span({}, 'Team'),
    sentence: teamSentence(team),
    view: team,
    facts: [{ label: 'Volunteers', value: count(team.accounts), meaning: 'on this team now' }],
    side: [members, joinBox(origin, project.projectKey)],
  });
}

interface Parts {
  readonly eyebrow: VNode;
  readonly sentence: string;
  readonly view: AccountView | TeamView;
  readonly facts: readonly Fact[];
  readonly side: readonly VNode[];
}

function earnerPage({ eyebrow, sentence, view, facts, side }: Parts): VNode {
  const { credit, recentCredit, validResults, invalidResults, ranks, days } = view;
  return main(
    { id: 'content' },
    section({ class: 'hero' }, p({ class: 'eyebrow' }, eyebrow), h1({ dir: 'auto' }, `${sentence}.`)),
    factRow([
      { label: 'Credit', value: rate(credit), meaning: placeWords(ranks.total) },
      {
        label: 'A day, lately',
        value: rate(recentCredit),
        meaning: `an average that halves in a week without work; ${placeWords(ranks.recent)}`,
      },
      { label: 'Valid results', value: count(validResults), meaning: `${count(invalidResults)} more were not believed` },
      ...facts,
    ]),
    div({ class: 'columns' }, div({ class: 'wide' }, creditChart(days)), div({ class: 'narrow' }, ...side)),
  );
}
