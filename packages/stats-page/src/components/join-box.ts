import { code, h2, p, section, type VNode } from '../element.ts';

/** How to help, in one command. `origin` null: the reader's own address bar knows. */
export function joinBox(origin: string | null): VNode {
  return section(
    { class: 'panel join', 'aria-labelledby': 'join' },
    h2({ id: 'join' }, 'Join with one command'),
    p({ class: 'command' }, code({}, `manyhands join ${origin ?? 'ADDRESS-OF-THIS-PAGE'}`)),
    p(
      { class: 'note' },
      'It shows who runs this project and what it computes, and asks before anything runs. The work gets no file, network or clock of your machine, and gives way to whatever you do.',
    ),
    p({ class: 'note' }, 'Not installed yet? ', code({}, 'npm install --global @manyhands/cli')),
  );
}
