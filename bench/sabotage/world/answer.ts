/** What a host says a unit's answer is, as a small number. Only the world knows that `RIGHT` is right; a scheme may do no more than compare. */
export const RIGHT = 0;
/** The wrong answer on which all colluders agree. */
export const COLLUDED = 1;
/** Wrong answers that nobody else gives are numbered from here. */
export const FIRST_UNIQUE = 2;
/** No answer: the host keeps the unit until its lease ends. Where a scheme asks what it accepted, nothing. */
export const NO_ANSWER = -1;
/** What a scheme accepted for a unit that it gave up. */
export const GIVEN_UP = -2;
