/** The pages as whole HTML documents: what a visitor gets before, or without, JavaScript. */
import type { AccountView, JobMap, JobView, Leaderboard, ProjectView, StatsView, TeamView } from '@manyhands/protocol';
import { notFoundPage } from './components/not-found-page.ts';
import { page } from './components/page.ts';
import { htmlDocument } from './document.ts';
import type { LivePageState } from './page-state.ts';
import { accountSentence, jobSentence, projectSentence, teamSentence } from './words/sentences.ts';

export interface PageOptions {
  /** The address visitors see, e.g. `https://grid.example.org`; without it the join command has a blank for it. */
  readonly origin?: string;
}
export interface OverviewOptions extends PageOptions {
  /** The map of `featuredJob(stats)`; without it the browser fetches it. */
  readonly map?: JobMap;
}

/** `GET /` */
export function renderOverview(stats: StatsView, project: ProjectView, { map, origin }: OverviewOptions = {}): string {
  return document(`${projectSentence(stats)} · ${project.name}`, {
    page: 'overview',
    stats,
    project,
    map: map ?? null,
    origin: origin ?? null,
  });
}

/** `GET /jobs/:id` */
export function renderJob(job: JobView, map: JobMap, stats: StatsView, project: ProjectView, { origin }: PageOptions = {}): string {
  return document(`${jobSentence(job)} · ${job.title} · ${project.name}`, {
    page: 'job',
    job,
    map,
    stats,
    project,
    origin: origin ?? null,
  });
}

/** What every page shows around its own content. */
export interface Surroundings extends PageOptions {
  readonly stats: StatsView;
  readonly project: ProjectView;
}

/** `GET /accounts/:id`. `around`: the account and its neighbours by total credit. */
export function renderAccount(account: AccountView, around: Leaderboard, { stats, project, origin }: Surroundings): string {
  const state = { page: 'account', account, around, stats, project, origin: origin ?? null } as const;
  return htmlDocument(`${accountSentence(account)} · ${project.name}`, page(state, 'off'), null);
}

/** `GET /teams/:name` */
export function renderTeam(team: TeamView, { stats, project, origin }: Surroundings): string {
  const state = { page: 'team', team, stats, project, origin: origin ?? null } as const;
  return htmlDocument(`${teamSentence(team)} · ${project.name}`, page(state, 'off'), null);
}

/** Any other page's address. */
export const renderNotFound = (): string => htmlDocument('No such page', notFoundPage(), null);

const document = (title: string, state: LivePageState): string => htmlDocument(title, page(state, 'off'), state);
