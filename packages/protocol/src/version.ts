/**
 * The wire's version. Raise it with every change to a message; `version.test.ts` pins it to a hash of the schemas.
 *
 * 1  the first wire
 */
export const PROTOCOL_VERSION = 1;

/** The oldest version this code still speaks: at least one back (G9), as soon as there is one. */
export const OLDEST_PROTOCOL_VERSION = 1;

/** Picks the highest version both sides speak, or null when there is none. */
export function negotiateVersion(theirs: { oldest: number; newest: number }): number | null {
  const version = Math.min(theirs.newest, PROTOCOL_VERSION);
  return version >= Math.max(theirs.oldest, OLDEST_PROTOCOL_VERSION) ? version : null;
}
