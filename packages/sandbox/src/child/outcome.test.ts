import { expect, test } from 'vitest';
import { endingOfFailure, endingOfReply } from './outcome.ts';

const LIMITS = { memoryMB: 64, timeoutMs: 1_000, outputBytes: 10 };
const kindOf = ({ outcome }: ReturnType<typeof endingOfReply>) => (outcome.status === 'error' ? outcome.kind : outcome.status);

test('[SB10] an output beyond the limit is refused here too, should the guest let it pass', () => {
  expect(endingOfReply(`ok\n${'x'.repeat(10)}`, LIMITS, 1)).toEqual({ outcome: { status: 'ok', elapsedMs: 1 }, output: 'x'.repeat(10) });
  expect(kindOf(endingOfReply(`ok\n${'x'.repeat(11)}`, LIMITS, 1))).toBe('output');
  expect(kindOf(endingOfReply(`ok\n${'ü'.repeat(6)}`, LIMITS, 1))).toBe('output');
});

test('[SB6] a guest may say how it failed, but not that it was stopped or killed', () => {
  expect(kindOf(endingOfReply('fatal\nno', LIMITS, 1))).toBe('fatal');
  expect(kindOf(endingOfReply('crash\nno', LIMITS, 1))).toBe('thrown');
  expect(kindOf(endingOfReply('untrusted\nno', LIMITS, 1))).toBe('thrown');
  expect(kindOf(endingOfReply('nonsense', LIMITS, 1))).toBe('thrown');
});

test('[SB6] a failure is what we stopped it for; an isolate that went by itself ran out of memory', () => {
  const error = new Error('Isolate was disposed during execution');
  expect(kindOf(endingOfFailure(error, 'timeout', true, LIMITS, 1))).toBe('timeout');
  expect(kindOf(endingOfFailure(error, 'aborted', true, LIMITS, 1))).toBe('aborted');
  expect(kindOf(endingOfFailure(error, null, true, LIMITS, 1))).toBe('memory');
  expect(kindOf(endingOfFailure(error, null, false, LIMITS, 1))).toBe('thrown');
});
