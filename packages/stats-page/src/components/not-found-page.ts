import { a, h1, main, p, type VNode } from '../element.ts';

export function notFoundPage(): VNode {
  return main(
    { id: 'content', class: 'hero page' },
    h1({}, 'There is no such page.'),
    p({}, 'The address may be mistyped, or the job it named is gone. ', a({ href: '/' }, 'Go to the overview'), ' to see every job.'),
  );
}
