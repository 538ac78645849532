import { code, h2, p, section, type VNode } from '../element.ts';

/** The only addresses shown as part of a command: none that a shell would take for more than text (PG17). */
const PLAIN_ORIGIN = /^https?:\/\/[A-Za-z0-9.:[\]-]+$/;

/** The link carries the project's key, so that a worker pins the project its volunteer was looking at. */
export function joinCommand(origin: string | null, projectKey: string): string {
  const isPlain = origin !== null && PLAIN_ORIGIN.test(origin) && /^[A-Za-z0-9_-]+$/.test(projectKey);
  return isPlain ? `manyhands join '${origin}/#key=${projectKey}'` : 'manyhands join ADDRESS-OF-THIS-PAGE';
}

/** How to help, in one command. `origin` null: the reader's own address bar knows. */
export function joinBox(origin: string | null, projectKey: string): VNode {
  return section(
    { class: 'panel join', 'aria-labelledby': 'join' },
    h2({ id: 'join' }, 'Join with one command'),
    p({ class: 'command' }, code({}, joinCommand(origin, projectKey))),
    p(
      { class: 'note' },
      'It shows who runs this project and what it computes, and asks before anything runs. The work gets no file, network or clock of your machine, and gives way to whatever you do.',
    ),
    p(
      { class: 'note' },
      'No ',
      code({}, 'manyhands'),
      ' on your machine yet? In a copy of the Manyhands sources, ',
      code({}, 'npm run manyhands --'),
      ' takes the place of ',
      code({}, 'manyhands'),
      ' in this and every command.',
    ),
  );
}
