import { expect, test } from 'vitest';
import { BOUNDS } from './bounds.ts';
import { describeError } from './describe-error.ts';

const withStack = (stack: string): Error => Object.assign(new RangeError('too far'), { stack });

test('[SB6] the stack is shown as far as it lies in the task, and no further than a few lines', () => {
  const lines = [
    'RangeError: too far',
    '    at inner (task.js:3:4)',
    '    at perform (manyhands.js:9:9)',
    ...Array(9).fill('    at deep (task.js:5:6)'),
  ];
  expect(describeError(withStack(lines.join('\n')))).toBe(
    ['RangeError: too far', '    at inner (task.js:3:4)', ...Array(4).fill('    at deep (task.js:5:6)')].join('\n'),
  );
});

test.each([
  ['a text', 'oops', 'oops'],
  ['nothing', undefined, 'undefined'],
  ['a plain error', new Error('x'), 'x'],
  ['an object', { a: 1 }, '[object Object]'],
])('[SB6] %s can be thrown', (_name, thrown, shown) => {
  expect(describeError(thrown).split('\n')[0]).toBe(shown);
});

test('[SB6] hostile things say nothing, and long ones are cut', () => {
  const trap = {
    get message(): string {
      throw new Error('trap');
    },
  };
  expect(describeError(trap)).toBe('the task threw something that cannot be shown');
  expect(describeError('x'.repeat(10_000))).toHaveLength(BOUNDS.messageChars);
});
