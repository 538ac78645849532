/** What a running worker tells its surroundings: the lines of `--json`. Times are epoch milliseconds. */
export type WorkerEvent = { readonly at: number } & (
  | { readonly event: 'connected'; readonly host: string; readonly account: string; readonly quota: number }
  | { readonly event: 'disconnected'; readonly reason: string; readonly retryAt: number }
  | { readonly event: 'task-accepted'; readonly task: string; readonly name: string; readonly version: string; readonly author: string }
  /** Counts since the start; at most two such lines a second. */
  | {
      readonly event: 'units';
      readonly running: number;
      readonly held: number;
      readonly started: number;
      readonly finished: number;
      readonly errors: number;
      readonly recorded: number;
    }
  | { readonly event: 'closed'; readonly reason: string; readonly exitCode: number }
);

export type OnWorkerEvent = (event: WorkerEvent) => void;
