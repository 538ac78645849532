/** What one execution may say while it runs, kept to its bounds on our side of the wall (the guest's own bounds are a courtesy to its author). */
import { performance } from 'node:perf_hooks';
import { BOUNDS, LAST_LOG_LINE } from '../guest/bounds.ts';
import type { Post } from '../guest/perform.ts';
import type { ThreadReport } from './thread-messages.ts';
import { createValve } from './valve.ts';

export interface Mouthpiece {
  readonly post: Post;
  /** Sends the last checkpoint; from now on nothing is heard. */
  close(): void;
}

export function createMouthpiece(key: number, send: (report: ThreadReport) => void): Mouthpiece {
  const now = (): number => performance.now();
  const progress = createValve<number>(BOUNDS.progressIntervalMs, (fraction) => send({ type: 'progress', key, fraction }), now);
  const checkpoint = createValve<string>(BOUNDS.checkpointIntervalMs, (text) => send({ type: 'checkpoint', key, text }), now);
  let lines = 0;
  let open = true;
  const log = (line: string): void => {
    if (++lines <= BOUNDS.logLines + 1)
      send({ type: 'log', key, line: lines > BOUNDS.logLines ? LAST_LOG_LINE : line.slice(0, BOUNDS.logLineChars) });
  };
  return {
    post(kind, value) {
      if (!open) return;
      if (kind === 'progress' && typeof value === 'number' && value >= 0 && value <= 1) progress.offer(value);
      else if (kind === 'checkpoint' && typeof value === 'string' && value.length <= BOUNDS.checkpointChars) checkpoint.offer(value);
      else if (kind === 'log' && typeof value === 'string') log(value);
    },
    close() {
      open = false;
      progress.close();
      checkpoint.flush();
    },
  };
}
