export { type Comparison, compare } from './comparison.ts';
export { COMPLETE_UP_TO, KNOWN_EXPONENTS } from './known-exponents.ts';
export { default as mersenne, type Tested } from './mersenne.task.ts';
