/** A whole HTML document around a component tree. Nothing inline but data: the page lives under `script-src 'self'; style-src 'self'`. */
import { render } from 'preact-render-to-string';
import { assetPath } from './assets.ts';
import { body, div, head, html, link, meta, script, title, type VNode } from './element.ts';
import type { LivePageState } from './page-state.ts';

/** JSON that can stand in a script element: no `<`, so neither `</script>` nor `<!--` can occur in it (PG4). */
const embeddable = (state: LivePageState): string => JSON.stringify(state).replaceAll('<', '\\u003c');

/** `state` null: a page without live updates. */
export function htmlDocument(pageTitle: string, content: VNode, state: LivePageState | null): string {
  const tree = html(
    { lang: 'en' },
    head(
      {},
      meta({ charSet: 'utf-8' }),
      meta({ name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      meta({ name: 'color-scheme', content: 'light dark' }),
      title({}, pageTitle),
      link({ rel: 'icon', href: assetPath('mark.svg'), type: 'image/svg+xml' }),
      link({ rel: 'stylesheet', href: assetPath('page.css') }),
      state === null ? null : script({ type: 'module', src: assetPath('live.js') }),
    ),
    body(
      {},
      div({ id: 'root' }, content),
      state === null ? null : script({ type: 'application/json', id: 'state', dangerouslySetInnerHTML: { __html: embeddable(state) } }),
    ),
  );
  return `<!doctype html>\n${render(tree)}`;
}
