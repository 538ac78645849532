/**
 * Keeps the page up to date: every event on the stream is a whole StatsView (at most two a second),
 * drawn by the components that the server used (PG15).
 */
import type { JobMap, JobView, StatsView } from '@manyhands/protocol';
import { hydrate, render } from 'preact';
import { page } from '../components/page.ts';
import type { LivePageState, LiveState } from '../page-state.ts';
import { featuredJob } from '../words/sentences.ts';
import { startMapKeys } from './map-keys.ts';
import { StatsStream } from './stats-stream.ts';

/** The map is a request of its own, so it follows more slowly than the figures; it is asked for after the last of them too. */
const MAP_EVERY_MS = 2_000;

const root = document.getElementById('root') as HTMLElement;
const embedded = JSON.parse(document.getElementById('state')?.textContent ?? 'null') as LivePageState;

let state: LivePageState = { ...embedded, origin: embedded.origin ?? location.origin };
let live: LiveState = 'connecting';
let mapAskedAt = 0;
let mapAlarm: ReturnType<typeof setTimeout> | undefined;

const stream = new StatsStream({ onStats: receive, onLost: () => show('connecting') });

const draw = (): void => render(page(state, live), root);

function show(next: LiveState): void {
  live = next;
  draw();
}

function receive(stats: StatsView): void {
  state = { ...state, stats };
  const job = jobOnPage();
  if (state.page === 'job' && job !== null) state = { ...state, job };
  show('live');
  if (mapAlarm !== undefined) return;
  mapAlarm = setTimeout(refreshFromServer, Math.max(0, mapAskedAt + MAP_EVERY_MS - Date.now()));
}

/** The job whose map is shown, as the newest figures have it; null: they do not mention it. */
function jobOnPage(): JobView | null {
  const shown = state.page === 'job' ? state.job : featuredJob(state.stats);
  return state.stats.jobs.find((job) => job.id === shown?.id) ?? null;
}

/** What the stream does not carry: the map, and a job too old to be among the figures. */
async function refreshFromServer(): Promise<void> {
  mapAlarm = undefined;
  mapAskedAt = Date.now();
  const id = state.page === 'job' ? state.job.id : featuredJob(state.stats)?.id;
  if (id === undefined) return;
  const path = `/v1/jobs/${encodeURIComponent(id)}`;
  const [map, job] = await Promise.all([fetchJson<JobMap>(`${path}/map`), jobOnPage() === null ? fetchJson<JobView>(path) : null]);
  if (map !== null) state = { ...state, map };
  if (state.page === 'job' && job !== null) state = { ...state, job };
  draw();
}

/** null: not to be had now; the next event asks again. */
async function fetchJson<T>(path: string): Promise<T | null> {
  const response = await fetch(path).catch(() => null);
  return response?.ok ? ((await response.json()) as T) : null;
}

/** PG7: the stream is open only while the page is visible and its reader has not paused it. */
function follow(): void {
  stream.close();
  if (live === 'paused' || document.hidden) return;
  show('connecting');
  stream.open();
}

function togglePause(): void {
  show(live === 'paused' ? 'connecting' : 'paused');
  follow();
}

document.addEventListener('visibilitychange', follow);
document.addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('#pause') !== null) togglePause();
});
hydrate(page(state, live), root);
startMapKeys();
follow();
