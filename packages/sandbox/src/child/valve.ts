/** Lets at most one value through per interval, always the newest; what waits goes out when the interval ends, or with `flush`. */
export interface Valve<T> {
  offer(value: T): void;
  /** Sends what waits, at once. */
  flush(): void;
  /** Forgets what waits. */
  close(): void;
}

/** `now`: monotonic, milliseconds. */
export function createValve<T>(intervalMs: number, send: (value: T) => void, now: () => number): Valve<T> {
  let waiting: { readonly value: T } | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    sentAt = now();
    send(value);
  };
  return {
    offer(value) {
      waiting = { value };
      const waitMs = sentAt + intervalMs - now();
      if (waitMs <= 0) flush();
      else timer ??= setTimeout(flush, waitMs);
    },
    flush,
    close() {
      clearTimeout(timer);
      waiting = null;
    },
  };
}
