import { a, div, type VNode } from '../element.ts';
import type { LiveState, PageState } from '../page-state.ts';
import { accountPage, teamPage } from './earner-page.ts';
import { pageFooter, pageHeader } from './frame.ts';
import { jobPage } from './job-page.ts';
import { overviewPage } from './overview-page.ts';
import { textures } from './textures.ts';

/** Everything below `<body>`'s root: the same tree on the server and in the browser. */
export function page(state: PageState, live: LiveState): VNode {
  return div(
    { class: 'page' },
    a({ class: 'skip', href: '#content' }, 'Skip to content'),
    textures(),
    pageHeader(state, live),
    content(state),
    pageFooter(state),
  );
}

function content(state: PageState): VNode {
  switch (state.page) {
    case 'overview':
      return overviewPage(state);
    case 'job':
      return jobPage(state);
    case 'account':
      return accountPage(state);
    case 'team':
      return teamPage(state);
  }
}
