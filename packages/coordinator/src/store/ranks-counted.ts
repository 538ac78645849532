/** Ranks are not counted beyond this: to count one costs as much as it is deep. */
export const RANKS_COUNTED = 100_000;
