/**
 * One execution from text to text: decode, validate, run (or give a verdict), validate, encode. Runs inside the isolate, and in the
 * direct sandbox outside of it. Every way it can end is a `Performance`; nothing is thrown.
 */
import { decodeValue, type ErrorKind, encodeValue, ValueError } from '@manyhands/protocol';
import { BOUNDS, LAST_LOG_LINE } from './bounds.ts';
import { describeError, truncated, UNSPEAKABLE } from './describe-error.ts';
import { Refusal, readInput, validate } from './intake.ts';
import type { TaskShape } from './task-shape.ts';
import { checkOutput, compareOutputs } from './verdicts.ts';

export interface Assignment {
  readonly entry: 'run' | 'check' | 'agree';
  readonly input: string;
  /** What a verdict is asked about: the output's text for `check`, a Comparison's JSON for `agree`; null for `run`. */
  readonly output: string | null;
  /** The last checkpoint's text, or null to start from the beginning. */
  readonly resume: string | null;
}

/** The only way out of a task while it runs. */
export type Post = (kind: 'progress' | 'checkpoint' | 'log', value: string | number) => void;

export interface Means {
  readonly task: TaskShape;
  readonly outputBytes: number;
  readonly random: () => number;
  readonly post: Post;
  /** The bytes of a blob, or undefined if it was not sent along. */
  readonly blob: (digest: string) => Uint8Array | undefined;
}

export type Performance =
  | { readonly status: 'ok'; readonly output: string }
  | { readonly status: 'error'; readonly kind: ErrorKind; readonly message: string };

export async function perform(assignment: Assignment, means: Means): Promise<Performance> {
  try {
    return { status: 'ok', output: await ENTRIES[assignment.entry](assignment, means) };
  } catch (error) {
    return errorOf(error);
  }
}

const ENTRIES = { run: runTask, check: checkOutput, agree: compareOutputs } as const;

function errorOf(error: unknown): Performance {
  try {
    if (error instanceof Refusal) return { status: 'error', kind: error.kind, message: truncated(error.message) };
    return { status: 'error', kind: kindOf(error), message: describeError(error) };
  } catch {
    // A proxy whose traps throw: it says nothing about itself.
    return { status: 'error', kind: 'thrown', message: UNSPEAKABLE };
  }
}

async function runTask(assignment: Assignment, means: Means): Promise<string> {
  const input = await readInput(assignment, means);
  const result = await means.task.run(input, createContext(assignment, means));
  const validated = await validate(means.task.output, result, 'output', 'the output');
  return encodeOutput(validated, means.outputBytes);
}

function encodeOutput(value: unknown, limitBytes: number): string {
  let text: string;
  try {
    text = encodeValue(value);
  } catch (error) {
    if (error instanceof ValueError) throw new Refusal('output', `the output is no value: ${error.message}`);
    throw error;
  }
  const bytes = utf8Length(text, limitBytes);
  if (bytes > limitBytes)
    throw new Refusal('output', `$: the output's text has ${bytes} bytes; the task's limit is ${limitBytes} (limits.outputBytes)`);
  return text;
}

/** Exact where it could matter: a text that fits even if every unit took three bytes is not counted. */
function utf8Length(text: string, limitBytes: number): number {
  if (text.length * 3 <= limitBytes || text.length > limitBytes) return text.length;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A pair of surrogates makes four bytes: two each.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

function createContext(assignment: Assignment, { random, post }: Means): object {
  const progress = createProgress(post);
  const log = createLog(post);
  const resume = assignment.resume === null ? null : decodeValue(assignment.resume);
  return Object.freeze({ random, progress, checkpoint: (state: unknown) => checkpoint(state, post), resume, log });
}

/** A hop to the host costs 50 µs, so steps too small to see are not sent. */
function createProgress(post: Post): (fraction: number) => void {
  let shown = -1;
  return (fraction) => {
    const clamped = Math.min(1, Math.max(0, Number(fraction)));
    if (Number.isNaN(clamped) || Math.abs(clamped - shown) < 0.001) return;
    shown = clamped;
    post('progress', clamped);
  };
}

function checkpoint(state: unknown, post: Post): void {
  const text = encodeValue(state);
  if (text.length > BOUNDS.checkpointChars) {
    throw new RangeError(`ctx.checkpoint: the state's text has ${text.length} characters; the limit is ${BOUNDS.checkpointChars}`);
  }
  post('checkpoint', text);
}

function createLog(post: Post): (message: unknown) => void {
  let lines = 0;
  return (message) => {
    if (++lines > BOUNDS.logLines + 1) return;
    post('log', lines > BOUNDS.logLines ? LAST_LOG_LINE : String(message).slice(0, BOUNDS.logLineChars));
  };
}

function kindOf(error: unknown): ErrorKind {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name === 'FatalTaskError') return 'fatal';
  const outOfMemory = error instanceof RangeError && /allocation failed|could not allocate memory/i.test(String(message));
  return outOfMemory ? 'memory' : 'thrown';
}
