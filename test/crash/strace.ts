/**
 * strace as an instrument: it kills a process at the n-th call of a kind, makes that call fail, or writes down all that goes to the disk.
 * Of each kind, every thread counts its own calls; SQLite's are all on the main thread, those of `node:fs` promises on libuv's.
 */

/** What changes a folder. `openat` may create; SQLite writes with pwrite64, node:fs with write. */
export const WRITING_CALLS = [
  'openat',
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'rename',
  'unlink',
  'unlinkat',
  'mkdir',
  'rmdir',
] as const;
export type WritingCall = (typeof WRITING_CALLS)[number];

/** Threads too; nothing said about exits and signals. */
const STRACE = ['strace', '-f', '-qqq', '--signal=none'] as const;
/** Stops only at what is asked for, which is much faster, and cannot inject signals. */
const FAST = '--seccomp-bpf';

/** Kills whatever it starts when a thread of it is about to make its n-th call. */
export const killingAt = (call: WritingCall, nth: number): string[] => [
  ...STRACE,
  '-o/dev/null',
  `--trace=${call}`,
  `--inject=${call}:signal=SIGKILL:when=${nth}`,
];

export interface FailingCall {
  readonly call: WritingCall;
  readonly error: 'EIO' | 'ENOSPC';
  readonly nth: number;
}

/**
 * Makes the n-th call of each thread fail without being made, once. Every call that writes goes into the log, with its path.
 * `files`: only calls on these count, and only they are logged; none: all do.
 */
export const failingAt = ({ call, error, nth }: FailingCall, log: string, files: readonly string[] = []): string[] => [
  ...STRACE,
  FAST,
  '-y',
  '-s0',
  `-o${log}`,
  `--trace=${WRITING_CALLS}`,
  `--inject=${call}:error=${error}:when=${nth}`,
  ...files.map((file) => `--trace-path=${file}`),
];

/** Longer than any frame and any piece of a blob. */
const MOST_BYTES = 2 ** 20;

/** Every call that writes to a file or a socket, with all of its bytes. */
export const recording = (log: string): string[] => [
  ...STRACE,
  FAST,
  '-y',
  '-xx',
  `-s${MOST_BYTES}`,
  `-o${log}`,
  `--trace=${WRITING_CALLS}`,
];
