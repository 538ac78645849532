/** From the texts of an execution to what the task's functions get: decoded, validated. What does not fit is a Refusal. */
import { decodeValue, type ErrorKind, type Value, ValueError } from '@manyhands/protocol';
import { describeError } from './describe-error.ts';
import type { Assignment, Means } from './perform.ts';
import type { Schema, SchemaIssue } from './task-shape.ts';

/** An end that is not the task's own throw. */
export class Refusal extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const readInput = ({ input }: Assignment, means: Means): Promise<unknown> =>
  validate(means.task.input, decode(input, means, 'input', 'the input'), 'input', 'the input');

/** A result that came back, as text. */
export const decodeOutput = (text: string, means: Means): Value => decode(text, means, 'output', 'the output');

/** What the verdict's function gets of it. */
export const readOutput = async (text: string, means: Means): Promise<unknown> =>
  validate(means.task.output, decodeOutput(text, means), 'output', 'the output');

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

export async function validate(schema: Schema, value: unknown, kind: 'input' | 'output', thing: string): Promise<unknown> {
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
