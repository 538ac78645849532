/**
 * Keeps the page up to date: one EventSource on /v1/events, whose every event is a whole StatsView (at most two a second),
 * drawn by the components the server used.
 *
 * PG7 the stream is open only while the page is visible and the reader has not paused it · PG8 a lost one is sought again, later each time.
 */
import type { JobMap, StatsView } from '@manyhands/protocol';
import { hydrate, render } from 'preact';
import { page } from '../components/page.ts';
import type { LiveState, PageState } from '../page-state.ts';
import { featuredJob } from '../words/sentences.ts';
import { startMapKeys } from './map-keys.ts';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** The map costs a request of its own, so it follows more slowly than the figures. */
const MAP_EVERY_MS = 2_000;

const root = document.getElementById('root') as HTMLElement;
const embedded = JSON.parse(document.getElementById('state')?.textContent ?? 'null') as PageState;

let state: PageState = { ...embedded, origin: embedded.origin ?? location.origin };
let live: LiveState = 'connecting';
let stream: EventSource | null = null;
let retryMs = FIRST_RETRY_MS;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let mapFetchedAt = 0;

const draw = (): void => render(page(state, live), root);

function show(next: LiveState): void {
  live = next;
  draw();
}

function connect(): void {
  stream = new EventSource('/v1/events');
  stream.onmessage = ({ data }) => {
    retryMs = FIRST_RETRY_MS;
    receive(JSON.parse(data) as StatsView);
  };
  stream.onerror = () => {
    disconnect();
    show('connecting');
    // PG8: spread out, so that a restarted coordinator is not met by all its readers at once.
    retryTimer = setTimeout(connect, retryMs * (0.5 + Math.random()));
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
}

function disconnect(): void {
  clearTimeout(retryTimer);
  stream?.close();
  stream = null;
}

function receive(stats: StatsView): void {
  if (state.page === 'overview') state = { ...state, stats };
  else state = { ...state, stats, job: stats.jobs.find(({ id }) => id === (state as { job: { id: string } }).job.id) ?? state.job };
  show('live');
  void refreshMap();
}

async function refreshMap(): Promise<void> {
  const job = state.page === 'job' ? state.job : featuredJob(state.stats);
  if (job === null || Date.now() - mapFetchedAt < MAP_EVERY_MS) return;
  mapFetchedAt = Date.now();
  const response = await fetch(`/v1/jobs/${encodeURIComponent(job.id)}/map`).catch(() => null);
  if (response === null || !response.ok) return; // The next event asks again.
  state = { ...state, map: (await response.json()) as JobMap };
  draw();
}

function follow(): void {
  disconnect();
  if (live === 'paused' || document.hidden) return; // PG7
  show('connecting');
  connect();
}

function togglePause(): void {
  live = live === 'paused' ? 'connecting' : 'paused';
  draw();
  follow();
}

document.addEventListener('visibilitychange', follow);
document.addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('#pause') !== null) togglePause();
});
hydrate(page(state, live), root);
startMapKeys();
follow();
