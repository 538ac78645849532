import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Screen } from './screen.ts';

function screenOf(json: boolean): { screen: Screen; out: () => string; err: () => string } {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const screen = new Screen({ out: out as never, err: err as never }, json);
  return { screen, out: () => String(out.read() ?? ''), err: () => String(err.read() ?? '') };
}

test('[CL1] with --json, standard output carries JSON only and standard error stays silent', () => {
  const { screen, out, err } = screenOf(true);
  screen.note('for people');
  screen.live().show({ block: 'x', line: 'x' });
  screen.result({ a: 1 }, () => 'for people');
  expect([out(), err()]).toEqual(['{"a":1}\n', '']);
});

test('[CL4] where nothing can be redrawn, progress is said now and then, and its last state always', () => {
  const { screen, out, err } = screenOf(false);
  let now = 0;
  const live = screen.live(() => now);
  for (const line of ['0 %', '1 %', '2 %']) live.show({ block: line, line });
  now = 6_000;
  live.show({ block: '50 %', line: '50 %' });
  live.show({ block: '99 %', line: '99 %' });
  live.end();
  expect([out(), err()]).toEqual(['', '0 %\n50 %\n99 %\n']);
});
