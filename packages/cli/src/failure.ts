/** Every error that can reach a person, as a message and an exit code. On this boundary an error is data. */
import { CommanderError } from '@commander-js/extra-typings';
import type { AppErrorCode, StoreErrorCode } from '@manyhands/coordinator';
import type { SdkErrorCode } from '@manyhands/task-sdk';
import type { WorkerErrorCode } from '@manyhands/worker';
import type { ExitName } from './exit-codes.ts';

/** A wrong flag or argument, or a file that the command was pointed to. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitName;
  constructor(exit: ExitName, message: string, cause?: unknown) {
    super(message, { cause });
    this.exit = exit;
  }
}

export interface Failure {
  readonly exit: ExitName;
  readonly code: string;
  readonly message: string;
}

const SDK: Record<SdkErrorCode, ExitName> = {
  config: 'config',
  task: 'data',
  input: 'data',
  blob: 'unavailable',
  unreachable: 'unavailable',
  refused: 'refused',
  'unit-failed': 'unsuccessful',
};
const APP: Record<AppErrorCode, ExitName> = {
  'bad-config': 'config',
  'port-in-use': 'unavailable',
  'address-unavailable': 'unavailable',
  'not-writable': 'config',
  damaged: 'disk',
};
const STORE: Record<StoreErrorCode, ExitName> = {
  'in-use': 'busy',
  'not-writable': 'config',
  'disk-full': 'disk',
  corrupt: 'disk',
  missing: 'config',
  foreign: 'config',
  'too-new': 'config',
  'too-old': 'config',
  unsupported: 'defect',
  io: 'disk',
  closed: 'defect',
  contradiction: 'defect',
};
const WORKER: Record<WorkerErrorCode, ExitName> = {
  usage: 'usage',
  unreachable: 'unavailable',
  sandbox: 'defect',
  disk: 'disk',
  'already-running': 'busy',
  refused: 'refused',
  'not-joined': 'refused',
  'data-folder': 'config',
};
/** By name and not by class, so that no command has to load the packages that it does not use. */
const EXITS: Readonly<Record<string, Readonly<Record<string, ExitName>>>> = {
  SdkError: SDK,
  AppError: APP,
  StoreError: STORE,
  WorkerError: WORKER,
};

export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return { exit: error.exit, code: error.exit, message: error.message };
  if (error instanceof CommanderError)
    return {
      exit: 'usage',
      code: 'usage',
      message: `${error.message.replace(/^error: /, '')}. \`--help\` behind the command tells how it is used.`,
    };
  const {
    name = '',
    code = '',
    message = String(error),
    stack,
  } = (error ?? {}) as { name?: string; code?: string; message?: string; stack?: string };
  const exit = EXITS[name]?.[code];
  if (exit !== undefined) return { exit, code, message };
  return {
    exit: 'defect',
    code: 'defect',
    message: `${stack ?? message}\nThis is a defect in Manyhands; please report it with the lines above.`,
  };
}
