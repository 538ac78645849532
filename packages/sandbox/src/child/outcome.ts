/** From what came out of an isolate to what the daemon is told. */
import type { ErrorKind, TaskLimits } from '@manyhands/protocol';
import type { Reply } from '../guest/bootstrap.ts';
import { describeError, truncated } from '../guest/describe-error.ts';
import type { RunnerOutcome } from '../ipc/from-runner.ts';
import type { StopCause } from './thread-messages.ts';

export interface Ending {
  readonly outcome: RunnerOutcome;
  /** The output's text, '' unless the outcome is ok. */
  readonly output: string;
}

/** What a guest may say of its own end; the rest is for us to judge. */
const GUEST_KINDS: readonly ErrorKind[] = ['thrown', 'fatal', 'input', 'output', 'memory'];

export function endingOfReply(reply: Reply, limits: TaskLimits, elapsedMs: number): Ending {
  const cut = reply.indexOf('\n');
  const [status, text] = [reply.slice(0, cut), reply.slice(cut + 1)];
  if (status !== 'ok') {
    const kind = GUEST_KINDS.find((known) => known === status) ?? 'thrown';
    return errorEnding(kind, text, elapsedMs);
  }
  // The guest has looked already, with a message for its author; this is for a guest that did not.
  if (Buffer.byteLength(text) > limits.outputBytes)
    return errorEnding('output', `$: the output's text is larger than ${limits.outputBytes} bytes`, elapsedMs);
  return { outcome: { status: 'ok', elapsedMs }, output: text };
}

/** `cause`: why we stopped it, null if we did not. An isolate that is gone without our doing ran into its heap limit. */
export function endingOfFailure(error: unknown, cause: StopCause | null, disposed: boolean, limits: TaskLimits, elapsedMs: number): Ending {
  if (cause === 'aborted') return { outcome: { status: 'aborted' }, output: '' };
  if (cause === 'timeout') return errorEnding('timeout', `computed for more than ${limits.timeoutMs} ms (limits.timeoutMs)`, elapsedMs);
  if (disposed) return errorEnding('memory', `used more than ${limits.memoryMB} MB of memory (limits.memoryMB)`, elapsedMs);
  return errorEnding('thrown', describeError(error), elapsedMs);
}

const errorEnding = (kind: ErrorKind, message: string, elapsedMs: number): Ending => ({
  outcome: { status: 'error', kind, message: truncated(message), elapsedMs },
  output: '',
});
