import { expect, test } from 'vitest';
import { EXIT_CODES, WorkerError } from './worker-error.ts';

test('an error carries its code and the exit code of its process, and no two share one', () => {
  const cause = new Error('ENOENT');
  const error = new WorkerError('not-joined', 'Join first.', { cause });
  expect([error.code, error.exitCode, error.name, error.cause]).toEqual(['not-joined', 77, 'WorkerError', cause]);
  expect(new Set(Object.values(EXIT_CODES)).size).toBe(Object.keys(EXIT_CODES).length);
});
