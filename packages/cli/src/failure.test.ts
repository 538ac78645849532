import { AppError, StoreError } from '@manyhands/coordinator';
import { SdkError } from '@manyhands/task-sdk';
import { expect, test } from 'vitest';
import { EXIT_CODES, exitCodesText } from './exit-codes.ts';
import { CliError, failureOf } from './failure.ts';

test('[CL3] errors of every package have an exit code; what nobody foresaw is a defect and says so', () => {
  const exits = [
    new CliError('usage', 'x'),
    new SdkError('task', 'x'),
    new SdkError('unreachable', 'x'),
    new AppError('port-in-use', 'x'),
    new StoreError('in-use', 'x'),
    new TypeError('x'),
    'x',
  ].map((error) => failureOf(error).exit);
  expect(exits).toEqual(['usage', 'data', 'unavailable', 'unavailable', 'busy', 'defect', 'defect']);
  expect(failureOf(new TypeError('odd')).message).toMatch(/TypeError: odd[\s\S]*please report/);
});

test('[CL3] every exit code is in the help', () => {
  for (const { code, meaning } of Object.values(EXIT_CODES))
    expect(exitCodesText()).toMatch(new RegExp(`\\b${code}  ${meaning.slice(0, 20)}`));
});
