/**
 * One EventSource on /v1/events. A lost stream is sought again, later each time and spread out by chance,
 * so that a restarted coordinator is not met by all its readers at once (PG8).
 */
import type { StatsView } from '@manyhands/protocol';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

export interface StatsStreamEvents {
  readonly onStats: (stats: StatsView) => void;
  readonly onLost: () => void;
}

export class StatsStream {
  readonly #events: StatsStreamEvents;
  #source: EventSource | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(events: StatsStreamEvents) {
    this.#events = events;
  }

  open(): void {
    this.close();
    const source = new EventSource('/v1/events');
    source.onmessage = ({ data }) => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#events.onStats(JSON.parse(data) as StatsView);
    };
    source.onerror = () => this.#seekAgain();
    this.#source = source;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #seekAgain(): void {
    this.close();
    this.#retry = setTimeout(() => this.open(), this.#retryMs * (0.5 + Math.random()));
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#events.onLost();
  }
}
