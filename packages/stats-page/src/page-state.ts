/** What a page shows: embedded in the HTML as JSON by the server, replaced piece by piece in the browser. */
import type { JobMap, JobView, ProjectView, StatsView } from '@manyhands/protocol';

interface Shared {
  readonly stats: StatsView;
  readonly project: ProjectView;
  /** Where this page lives, e.g. `https://grid.example.org`; null: not known to the server. */
  readonly origin: string | null;
}
export interface OverviewState extends Shared {
  readonly page: 'overview';
  /** The map of `featuredJob(stats)`; null: not loaded. */
  readonly map: JobMap | null;
}
export interface JobState extends Shared {
  readonly page: 'job';
  readonly job: JobView;
  readonly map: JobMap;
}
export type PageState = OverviewState | JobState;

/** `off`: without JavaScript · `paused` by the reader · `connecting`: lost, being sought again. */
export type LiveState = 'off' | 'live' | 'paused' | 'connecting';
