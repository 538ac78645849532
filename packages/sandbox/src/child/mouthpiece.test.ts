import { expect, test } from 'vitest';
import { BOUNDS, LAST_LOG_LINE } from '../guest/bounds.ts';
import { createMouthpiece } from './mouthpiece.ts';
import type { ThreadReport } from './thread-messages.ts';

function listen() {
  const heard: ThreadReport[] = [];
  return { heard, mouthpiece: createMouthpiece(1, (report) => heard.push(report)) };
}

test('[SB11] a guest that ignores its bounds is held to them', () => {
  const { heard, mouthpiece } = listen();
  for (let i = 0; i < 2_000; i++) mouthpiece.post('log', 'x'.repeat(5_000));
  expect(heard).toHaveLength(BOUNDS.logLines + 1);
  expect(heard[0]).toEqual({ type: 'log', key: 1, line: 'x'.repeat(BOUNDS.logLineChars) });
  expect(heard.at(-1)).toEqual({ type: 'log', key: 1, line: LAST_LOG_LINE });
});

test('[SB11] what is no progress, checkpoint or line is not passed on', () => {
  const { heard, mouthpiece } = listen();
  const post = mouthpiece.post as (kind: unknown, value: unknown) => void;
  post('progress', Number.NaN);
  post('progress', 1.5);
  post('progress', '0.5');
  post('checkpoint', 7);
  post('checkpoint', 'x'.repeat(BOUNDS.checkpointChars + 1));
  post('log', { toString: () => 'x' });
  post('done', 'x');
  expect(heard).toEqual([]);
});

test('[SB11] the last checkpoint is told before the end, and nothing after it', () => {
  const { heard, mouthpiece } = listen();
  mouthpiece.post('checkpoint', '1');
  mouthpiece.post('checkpoint', '2');
  mouthpiece.close();
  mouthpiece.post('checkpoint', '3');
  mouthpiece.post('log', 'late');
  expect(heard).toEqual([
    { type: 'checkpoint', key: 1, text: '1' },
    { type: 'checkpoint', key: 1, text: '2' },
  ]);
});
