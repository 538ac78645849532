/** Why a question has no ordinary answer. */

/** No verdict could be reached; the message says why, in words. */
export class Broken extends Error {}

/** What an output names is not there, or too much: whoever sent it is to blame. */
export class Unfounded extends Error {}
