/** From an input to the line that travels: checked against the task's schema, then written as canonical text, big parts lifted into blobs. */
import { digestOf } from '@manyhands/identity';
import { type Digest, encodeValue, LIMITS } from '@manyhands/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SdkError } from '../sdk-error.ts';

export interface EncodedInput {
  /** Canonical text, or `@sha256:… BYTES` when the text itself is a blob. */
  readonly line: string;
  /** Must be at the coordinator before the line is. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** A typed array of more bytes becomes a blob: stored once, fetched by those who need it, kept in their caches. */
export const LIFT_BYTES = 16 * 1024;
const NO_BLOBS: ReadonlyMap<Digest, Uint8Array> = new Map();

/** Throws SdkError `input` naming the row (from 0) when the schema refuses the value. Asynchronous only if the schema is. */
export function checkInput(schema: StandardSchemaV1, value: unknown, row: number): undefined | Promise<undefined> {
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then((later) => assertFits(later, row)) : assertFits(result, row);
}

function assertFits(result: StandardSchemaV1.Result<unknown>, row: number): undefined {
  if (result.issues === undefined) return;
  const issue = result.issues[0];
  throw new SdkError(
    'input',
    `Input ${row} (counted from 0) does not fit the task's input schema: ${describeIssue(issue)}. Correct that input.`,
  );
}

export function describeIssue(issue: StandardSchemaV1.Issue | undefined): string {
  const steps = issue?.path?.map((step) => (typeof step === 'object' ? step.key : step)) ?? [];
  const path = steps.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `$${path}: ${issue?.message ?? 'invalid'}`;
}

/** Throws SdkError `input` naming the row and the path of what is no value. */
export function encodeInput(value: unknown, row: number): EncodedInput {
  const blobs = new Map<Digest, Uint8Array>();
  const text = encodeText(value, row, blobs);
  const bytes = text.length > LIMITS.inlinePayloadBytes / 3 ? Buffer.byteLength(text) : text.length;
  if (bytes <= LIMITS.inlinePayloadBytes) return { line: text, blobs: blobs.size === 0 ? NO_BLOBS : blobs };
  if (bytes > LIMITS.payloadBytes) throw tooLarge(row, bytes, LIMITS.payloadBytes);
  const digest = digestOf(text);
  blobs.set(digest, Buffer.from(text));
  return { line: `@${digest} ${bytes}`, blobs };
}

/** The value's text alone; what was lifted out of it is put into `blobs`. */
export function encodeText(value: unknown, row: number, blobs: Map<Digest, Uint8Array>): string {
  const lift = (bytes: Uint8Array): Digest | null => {
    if (bytes.length <= LIFT_BYTES) return null;
    if (bytes.length > LIMITS.blobBytes) throw tooLarge(row, bytes.length, LIMITS.blobBytes);
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  try {
    return encodeValue(value, { lift });
  } catch (error) {
    if (error instanceof SdkError) throw error;
    throw new SdkError('input', `Input ${row} (counted from 0) cannot be sent: ${(error as Error).message}.`, { cause: error });
  }
}

function tooLarge(row: number, bytes: number, limitBytes: number): SdkError {
  return new SdkError(
    'input',
    `Input ${row} (counted from 0) holds ${bytes} bytes in one piece, and at most ${limitBytes} are allowed. Cut it into smaller units.`,
  );
}
