/** What the tasks here allow. */
export const OUTPUT_BYTES = 1_000;
