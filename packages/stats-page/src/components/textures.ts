/** The fill of each state, defined once a page: a colour from the style sheet and a texture, so that colour is never alone (PG6). */
import { circle, defs, path, pattern, rect, svg, type VNode } from '../element.ts';
import type { UnitState } from '../words/unit-states.ts';

const MARKS: Record<UnitState, VNode | null> = {
  final: null,
  provisional: path({ class: 'mark', d: 'M0 6H8' }),
  verifying: path({ class: 'mark', d: 'M-2 2L2 -2M0 8L8 0M6 10L10 6' }),
  running: circle({ class: 'mark-dot', cx: 4, cy: 4, r: 1.4 }),
  waiting: null,
  failed: path({ class: 'mark', d: 'M0 0L8 8M8 0L0 8' }),
  cancelled: path({ class: 'mark', d: 'M0 4H8' }),
};

export function textures(): VNode {
  return svg(
    { class: 'textures', width: 0, height: 0, 'aria-hidden': true, focusable: 'false' },
    defs(
      {},
      ...Object.entries(MARKS).map(([state, mark]) =>
        pattern(
          { key: state, id: `tex-${state}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
          rect({ width: 8, height: 8, class: `fill-${state}` }),
          mark,
        ),
      ),
    ),
  );
}
