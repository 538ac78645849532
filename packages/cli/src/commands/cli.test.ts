import { PassThrough } from 'node:stream';
import { AppError, StoreError } from '@manyhands/coordinator';
import { expect, test } from 'vitest';
import { type Cli, report } from './cli.ts';

/** What was done to the process, in order. */
function reported(error: Error): string[] {
  const done: string[] = [];
  const cli: Cli = {
    streams: { out: new PassThrough(), err: new PassThrough() } as unknown as Cli['streams'],
    env: {},
    self: ['manyhands'],
    stopped: () => new AbortController().signal,
    exitWith: (code) => done.push(`exit with ${code}`),
    exitNow: () => done.push('now'),
  };
  report(cli, false, error);
  return done;
}

test('[CL21] a disk that failed ends the process at once, anything else when it is done', () => {
  for (const code of ['io', 'disk-full', 'corrupt'] as const) expect(reported(new StoreError(code, '…'))).toEqual(['exit with 74', 'now']);
  expect(reported(new StoreError('in-use', '…'))).toEqual(['exit with 75']);
  expect(reported(new AppError('bad-config', '…'))).toEqual(['exit with 78']);
});
