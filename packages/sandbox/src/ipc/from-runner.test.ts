import { LIMITS } from '@manyhands/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BOUNDS } from '../guest/bounds.ts';
import { FrameError } from './frame.ts';
import { parseReport } from './from-runner.ts';

const outcome = { status: 'ok', elapsedMs: 1 };

test('[SB19] sound messages are read, with their text', () => {
  const done = { type: 'done', key: 1, outcome, worn: false };
  expect(parseReport({ message: done, parts: [Buffer.from('"ü"')] })).toEqual({ message: done, text: '"ü"' });
  expect(parseReport({ message: { type: 'ready' }, parts: [] })).toEqual({ message: { type: 'ready' }, text: '' });
});

test.each([
  ['an unknown type', { type: 'open' }, []],
  ['a member too many', { type: 'ready', extra: 1 }, []],
  ['a key that is no number', { type: 'checkpoint', key: '1' }, [Buffer.from('1')]],
  ['progress beyond the end', { type: 'progress', key: 1, fraction: 1.1 }, []],
  ['an endless line', { type: 'log', key: 1, line: 'x'.repeat(BOUNDS.logLineChars + 1) }, []],
  ['a result without text', { type: 'done', key: 1, outcome, worn: false }, []],
  ['a text that is not utf-8', { type: 'checkpoint', key: 1 }, [Buffer.of(0xff)]],
  ['a part that nobody asked for', { type: 'ready' }, [Buffer.of(1)]],
])('[SB19] %s breaks the protocol', (_name, message, parts) => {
  expect(() => parseReport({ message, parts })).toThrow(FrameError);
});

test('[SB19] no JSON at all makes it throw anything but a FrameError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (message) => {
      try {
        parseReport({ message, parts: [] });
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
});

test('[SB19] the bound on messages is the protocol’s', () => {
  expect(BOUNDS.messageChars).toBe(LIMITS.messageLength);
});
