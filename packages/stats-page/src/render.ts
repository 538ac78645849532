/** The pages as whole HTML documents: what a visitor gets before, or without, JavaScript. */
import type { JobMap, JobView, ProjectView, StatsView } from '@manyhands/protocol';
import { notFoundPage } from './components/not-found-page.ts';
import { page } from './components/page.ts';
import { htmlDocument } from './document.ts';
import type { PageState } from './page-state.ts';
import { jobSentence, projectSentence } from './words/sentences.ts';

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

/** Any other page's address. */
export const renderNotFound = (): string => htmlDocument('No such page', notFoundPage(), null);

const document = (title: string, state: PageState): string => htmlDocument(title, page(state, 'off'), state);
