import type { TaskLimits } from '@manyhands/protocol';

/** What a thread runs: the same for the whole life of a runner. */
export interface Program {
  readonly guest: string;
  readonly bundle: string;
  readonly limits: TaskLimits;
  readonly math: 'deterministic' | 'native';
}
/** Given to each thread at its start. */
export interface ThreadSetup {
  readonly program: Program;
  readonly enginePath: string;
  readonly threads: number;
}
