/**
 * Asked for by commands that run until they are stopped. The first SIGINT or SIGTERM lets them end in order, a second one
 * ends them at once. A command that never asks dies of the first, as the shell expects.
 */
import type { Socket } from 'node:net';
import { EXIT_CODES } from '../exit-codes.ts';

let stopping: AbortController | null = null;

export function stopSignal(): AbortSignal {
  if (stopping !== null) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  // Set by a parent that holds our standard input open for as long as it lives (processes/offspring.ts).
  const { MANYHANDS_STOP_WITH_STDIN } = process.env;
  if (MANYHANDS_STOP_WITH_STDIN === '1') {
    process.stdin.resume().once('close', () => controller.abort(new Error('the parent process is gone')));
    // It must not keep alive a process that has nothing left to do.
    (process.stdin as Partial<Socket>).unref?.();
  }
  return controller.signal;
}
