/** What a runner tells the daemon. The daemon believes nothing: every message is checked here before anyone reads it. */
import { errorKindSchema, LIMITS } from '@manyhands/protocol';
import * as z from 'zod';
import { BOUNDS } from '../guest/bounds.ts';
import { type Frame, FrameError } from './frame.ts';

const key = z.int().nonnegative();
const message = z.string().max(LIMITS.messageLength);
const elapsedMs = z.number().nonnegative();

/** How an execution ended. `ok` brings its output as the only part. */
const outcomeSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('ok'), elapsedMs }),
  z.strictObject({ status: z.literal('error'), kind: errorKindSchema, message, elapsedMs }),
  z.strictObject({ status: z.literal('aborted') }),
]);
export type RunnerOutcome = z.infer<typeof outcomeSchema>;

const fromRunnerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** The bundle holds no task. The runner is of no use any more. */
  z.strictObject({ type: z.literal('refused'), message }),
  /** `worn`: memory stays behind in the runner; better to go on in a new one. */
  z.strictObject({ type: z.literal('done'), key, outcome: outcomeSchema, worn: z.boolean() }),
  z.strictObject({ type: z.literal('progress'), key, fraction: z.number().min(0).max(1) }),
  /** The state's text is the only part. */
  z.strictObject({ type: z.literal('checkpoint'), key }),
  z.strictObject({ type: z.literal('log'), key, line: z.string().max(BOUNDS.logLineChars) }),
  /** The runner is about to kill itself. `key` is the execution it blames; null: it cannot tell. */
  z.strictObject({ type: z.literal('dying'), cause: z.enum(['memory', 'timeout']), key: key.nullable() }),
]);
export type FromRunner = z.infer<typeof fromRunnerSchema>;

/** A message with the text that came as its part, if its kind has one. */
export interface Report {
  readonly message: FromRunner;
  readonly text: string;
}

const carriesText = (message: FromRunner): boolean =>
  message.type === 'checkpoint' || (message.type === 'done' && message.outcome.status === 'ok');

/** Throws FrameError for anything a sound runner would not say. */
export function parseReport(frame: Frame): Report {
  const parsed = fromRunnerSchema.safeParse(frame.message);
  if (!parsed.success) throw new FrameError(`a message of unknown shape: ${z.prettifyError(parsed.error)}`);
  if (frame.parts.length !== (carriesText(parsed.data) ? 1 : 0))
    throw new FrameError(`a ${parsed.data.type} with ${frame.parts.length} parts`);
  return { message: parsed.data, text: decodeText(frame.parts[0]) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function decodeText(bytes: Uint8Array | undefined): string {
  try {
    return bytes === undefined ? '' : decoder.decode(bytes);
  } catch {
    throw new FrameError('a text that is not utf-8');
  }
}
