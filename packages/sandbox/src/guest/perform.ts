/**
 * One execution from text to text: decode, validate, run (or check), validate, encode. Runs inside the isolate, and in the
 * direct sandbox outside of it. Every way it can end is a `Performance`; nothing is thrown.
 */
import { decodeValue, type ErrorKind, encodeValue, type Value, ValueError } from '@manyhands/protocol';
import { BOUNDS, LAST_LOG_LINE } from './bounds.ts';
import { describeError, truncated, UNSPEAKABLE } from './describe-error.ts';
import type { Schema, SchemaIssue, TaskShape } from './task-shape.ts';

export interface Assignment {
  readonly entry: 'run' | 'check';
  readonly input: string;
  /** The text to check; null for `run`. */
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

/** An end that is not the task's own throw. */
class Refusal extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export async function perform(assignment: Assignment, means: Means): Promise<Performance> {
  try {
    const output = assignment.entry === 'run' ? await runTask(assignment, means) : await checkOutput(assignment, means);
    return { status: 'ok', output };
  } catch (error) {
    return errorOf(error);
  }
}

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

/** An output that is no value of the output's schema is wrong, whatever `check` would think of it. */
async function checkOutput(assignment: Assignment, means: Means): Promise<string> {
  const check = means.task.verify?.check;
  if (typeof check !== 'function') throw new Refusal('fatal', 'the task has no check: it was not defined with `verify: proof(check)`');
  const input = await readInput(assignment, means);
  let output: unknown;
  try {
    output = await validate(means.task.output, decode(assignment.output as string, means, 'output', 'the output'), 'output', 'the output');
  } catch (error) {
    if (error instanceof Refusal) return 'false';
    throw error;
  }
  const verdict = await check(input, output);
  if (typeof verdict !== 'boolean') throw new Refusal('output', `check returned ${describe(verdict)}; it must return true or false`);
  return String(verdict);
}

const readInput = ({ input }: Assignment, means: Means): Promise<unknown> =>
  validate(means.task.input, decode(input, means, 'input', 'the input'), 'input', 'the input');

function decode(text: string, means: Means, kind: 'input' | 'output', thing: string): Value {
  const blob = (digest: string): Uint8Array => {
    const bytes = means.blob(digest);
    if (bytes === undefined) throw new Refusal(kind, `${thing} refers to blob ${digest}, which was not sent along`);
    return bytes;
  };
  try {
    return decodeValue(text, { blob });
  } catch (error) {
    if (error instanceof ValueError) throw new Refusal(kind, `${thing} is no value: ${error.message}`);
    throw error;
  }
}

async function validate(schema: Schema, value: unknown, kind: 'input' | 'output', thing: string): Promise<unknown> {
  let result: Awaited<ReturnType<Schema['~standard']['validate']>>;
  try {
    result = await schema['~standard'].validate(value);
  } catch (error) {
    throw new Refusal(kind, `${thing}'s schema threw: ${describeError(error)}`);
  }
  if (result.issues === undefined) return result.value;
  throw new Refusal(kind, `${thing} does not fit its schema: ${result.issues.slice(0, 3).map(describeIssue).join('; ')}`);
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  return `${keys.reduce((text: string, key) => `${text}${typeof key === 'number' ? `[${key}]` : `.${String(key)}`}`, '$')}: ${message}`;
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

function describe(value: unknown): string {
  return value === undefined ? 'undefined' : value === null ? 'null' : `a ${typeof value}`;
}
