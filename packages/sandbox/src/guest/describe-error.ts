/** What an author reads when a task throws: name, message, and the stack as far as it lies in the task's own code. */
import { BOUNDS } from './bounds.ts';

/** The name under which a task's bundle is compiled; stack frames elsewhere are ours and say nothing to an author. */
export const TASK_FILE = 'task.js';
const MAX_FRAMES = 5;

export const UNSPEAKABLE = 'the task threw something that cannot be shown';

/** Reads whatever was thrown, however hostile its getters are. */
export function describeError(error: unknown): string {
  try {
    return truncated(isError(error) ? [headline(error), ...frames(error)].join('\n') : String(error));
  } catch {
    return UNSPEAKABLE;
  }
}

export function truncated(message: string): string {
  return message.length <= BOUNDS.messageChars ? message : `${message.slice(0, BOUNDS.messageChars - 1)}…`;
}

const isError = (error: unknown): error is Error => typeof error === 'object' && error !== null && 'message' in error;

function headline({ name, message }: Error): string {
  return name === 'Error' || !name ? String(message) : `${name}: ${message}`;
}

function frames({ stack }: Error): string[] {
  return String(stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && line.includes(TASK_FILE))
    .slice(0, MAX_FRAMES)
    .map((line) => `    ${line.trim()}`);
}
