/**
 * Worlds that once went wrong, and what was found by them. What a seed draws changes when the drawing does (docs/spec/simulation.md), as it did last with
 * restores, other versions of the wire and wrong clocks. What worlds before that had found is held by tests and mutants: an answer compared with a
 * verdict it had no part in (VF37), the sleep before a stop (EN22, a mutant), an answer whose first giver came late (JU14), audits that nobody awaited
 * (the mutants of the audit), a lease taken for a canary after the clock was set back (WU14).
 */
export const REGRESSIONS: readonly (readonly [seed: number, found: string])[] = [
  [5_068, 'downtime was made up for twice, and for leases that were given after it: they lasted hours longer'],
  [1_000_126, 'an author whose cancel was refused for load was taken for heard'],
  [1_891_755_554, 'ids of large seeds were no exact numbers any more'],
];
