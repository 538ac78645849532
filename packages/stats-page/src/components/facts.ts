import { dd, div, dl, dt, type VNode } from '../element.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** What the number means. */
  readonly meaning: string;
}

/** A row of figures, each with a word on what it counts. */
export function factRow(facts: readonly Fact[]): VNode {
  return dl(
    { class: 'facts' },
    ...facts.map(({ label, value, meaning }) =>
      div({ key: label }, dt({}, label), dd({ class: 'figure' }, value), dd({ class: 'note' }, meaning)),
    ),
  );
}
