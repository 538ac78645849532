/**
 * Makes the map of the search space explorable: a line below says what the pointed-at or focused cell holds.
 * One cell is in the tab order; arrow keys, Home and End move from there.
 */
export function startMapKeys(): void {
  document.addEventListener('pointerover', ({ target }) => tell(cellAt(target)));
  document.addEventListener('focusin', ({ target }) => tell(cellAt(target)));
  document.addEventListener('keydown', moveFocus);
  offerFirstCell();
}

const cellAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('.map > .cell') : null;

/** The only cell that Tab reaches; a redraw keeps it, since the components do not know the attribute. */
function offerFirstCell(): void {
  if (document.querySelector('.map > .cell[tabindex]') === null) document.querySelector('.map > .cell')?.setAttribute('tabindex', '0');
}

function tell(cell: HTMLElement | null): void {
  const readout = document.getElementById('map-readout');
  if (cell !== null && readout !== null) readout.textContent = cell.title;
  offerFirstCell();
}

function moveFocus(event: KeyboardEvent): void {
  const cell = cellAt(event.target);
  const map = cell?.parentElement;
  if (cell === null || map == null) return;
  const cells = [...map.children] as HTMLElement[];
  const next = cells[destination(event.key, cells.indexOf(cell), columnsOf(map), cells.length)];
  if (next === undefined) return;
  event.preventDefault();
  cell.removeAttribute('tabindex');
  next.setAttribute('tabindex', '0');
  next.focus();
}

const columnsOf = (map: Element): number => getComputedStyle(map).gridTemplateColumns.split(' ').length;

/** Where a key leads from cell `at`; −1: nowhere. */
function destination(key: string, at: number, columns: number, length: number): number {
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: length - 1,
  };
  return steps[key] ?? -1;
}
