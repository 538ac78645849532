/** The map of a job's search space: units in order, cut into at most 400 cells of one size. */
export const MAX_CELLS = 400;
/** How many of the accounts that verified a cell are named. */
export const NAMES_PER_CELL = 3;

/** A power of two, so that growing a job merges whole cells and never splits one. */
export function unitsPerCell(unitCount: number): number {
  let size = 1;
  while (size * MAX_CELLS < unitCount) size *= 2;
  return size;
}
