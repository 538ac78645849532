/** What every page has around it: the project's name above, who answers for it below, and between them whether the page is live. */

import { a, button, circle, code, details, div, footer, header, p, span, summary, svg, time, type VNode } from '../element.ts';
import type { LiveState, PageState } from '../page-state.ts';
import { instant, iso } from '../words/numbers.ts';

const DOTS = [4, 12, 20].flatMap((cy) => [4, 12, 20].map((cx) => ({ cx, cy })));

/** Nine small machines, six of them at work. */
const mark = (): VNode =>
  svg(
    { class: 'mark-logo', viewBox: '0 0 24 24', 'aria-hidden': true },
    ...DOTS.map(({ cx, cy }, i) => circle({ key: i, cx, cy, r: 3, class: [1, 2, 5].includes(i) ? 'faint' : 'full' })),
  );

export function pageHeader(state: PageState, live: LiveState): VNode {
  return header(
    { class: 'top' },
    a({ class: 'home', href: '/' }, mark(), span({ dir: 'auto' }, state.project.name)),
    liveControl(state, live),
  );
}

const LIVE_WORDS: Record<LiveState, string> = { off: 'As of', live: 'Live', paused: 'Paused', connecting: 'Reconnecting' };

function liveControl(state: PageState, live: LiveState): VNode {
  return div(
    { class: `live live-${live}` },
    span({ class: 'live-word' }, LIVE_WORDS[live]),
    time({ dateTime: iso(state.stats.asOf) }, instant(state.stats.asOf)),
    live === 'off'
      ? null
      : button({ type: 'button', id: 'pause', class: 'quiet-button' }, live === 'paused' ? 'Resume updates' : 'Pause updates'),
  );
}

export function pageFooter({ project }: PageState): VNode {
  return footer(
    { class: 'bottom' },
    p(
      {},
      'Operator: ',
      span({ dir: 'auto' }, project.operator),
      '. ',
      span({ class: 'quiet' }, project.software),
      '. Figures as data: ',
      a({ href: '/v1/stats' }, 'JSON'),
      '.',
    ),
    details(
      {},
      summary({}, 'Project key'),
      p({ class: 'note' }, 'Volunteers’ machines run only code that this key vouches for: ', code({}, project.projectKey)),
    ),
  );
}
