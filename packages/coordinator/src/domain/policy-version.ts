/**
 * The rules by which answers are believed: those of settlement, quorum, agreement, weighing and odds together. Raised whenever one of them
 * changes what may be final. It is kept with each job when the job is made, and the job keeps it to its end, so that each of its verdicts can
 * be recomputed under the rules it was given under (I15).
 */
export const POLICY_VERSION = 1;
