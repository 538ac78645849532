/** A command of `manyhands`, killed as it is about to make its n-th call of a kind. */
import { spawnSync } from 'node:child_process';
import { manyhands } from './coordinator-process.ts';
import { killingAt, type WritingCall } from './strace.ts';

/** By then it is not on its way to its end any more. */
const LIMIT_MS = 60_000;

export interface Moment {
  readonly call: WritingCall;
  readonly nth: number;
}

/** False: it made fewer such calls, and got to its end. */
export function runKilledAt({ call, nth }: Moment, args: readonly string[]): boolean {
  const [program, ...rest] = [...killingAt(call, nth), process.execPath, ...manyhands(args)] as [string, ...string[]];
  // With one thread for node:fs its calls are counted in one row.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { status, signal, stderr, error } = spawnSync(program, rest, { encoding: 'utf8', env, timeout: LIMIT_MS });
  if (signal === 'SIGKILL') return true;
  if (status !== 0 || error !== undefined) throw new Error(`manyhands ${args.join(' ')} ended with ${status}: ${stderr}`);
  return false;
}
