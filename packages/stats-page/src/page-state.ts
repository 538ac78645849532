/** What a page shows: embedded in the HTML as JSON by the server, replaced piece by piece in the browser. */
import type { AccountView, JobMap, JobView, Leaderboard, ProjectView, StatsView, TeamView } from '@manyhands/protocol';

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
export interface AccountState extends Shared {
  readonly page: 'account';
  readonly account: AccountView;
  /** It, and who stands beside it by total credit. */
  readonly around: Leaderboard;
}
export interface TeamState extends Shared {
  readonly page: 'team';
  readonly team: TeamView;
}
/** Those that follow the figures as they change. */
export type LivePageState = OverviewState | JobState;
export type PageState = LivePageState | AccountState | TeamState;

/** `off`: without JavaScript · `paused` by the reader · `connecting`: lost, being sought again. */
export type LiveState = 'off' | 'live' | 'paused' | 'connecting';
