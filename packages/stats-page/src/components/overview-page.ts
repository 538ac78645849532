import type { JobView } from '@manyhands/protocol';
import { a, div, h1, main, p, section, span, type VNode } from '../element.ts';
import type { OverviewState } from '../page-state.ts';
import { count, rate } from '../words/numbers.ts';
import { featuredJob, helpersSentence, projectSentence } from '../words/sentences.ts';
import { factRow } from './facts.ts';
import { jobList } from './job-list.ts';
import { joinBox } from './join-box.ts';
import { leaderboard } from './leaderboard.ts';
import { legend, progressBar } from './progress-bar.ts';
import { spaceMap } from './space-map.ts';
import { throughputChart } from './throughput-chart.ts';

export function overviewPage({ stats, project, map, origin }: OverviewState): VNode {
  const featured = featuredJob(stats);
  return main(
    { id: 'content' },
    section(
      { class: 'hero' },
      project.description === '' ? null : p({ class: 'eyebrow', dir: 'auto' }, project.description),
      h1({}, `${projectSentence(stats)}.`),
      featured === null ? null : featuredProgress(featured),
      p({ class: 'helpers' }, helpersSentence(stats), ' ', a({ href: '#join' }, 'Add yours')),
    ),
    factRow([
      { label: 'Units per second', value: rate(stats.unitsPerSecond), meaning: 'answered, over the last minute' },
      { label: 'Machines online', value: count(stats.hostsOnline), meaning: `of ${count(stats.hostsEver)} that ever helped` },
      { label: 'Volunteers', value: count(stats.accountsEver), meaning: 'people who lent a machine so far' },
      { label: 'Units verified', value: count(stats.finalUnits), meaning: 'in all jobs since the beginning' },
    ]),
    div(
      { class: 'columns' },
      div(
        { class: 'wide' },
        throughputChart(stats.throughput, stats.unitsPerSecond),
        map === null || featured === null ? null : spaceMap(map, featured.title),
        jobList(stats.jobs),
      ),
      div({ class: 'narrow' }, joinBox(origin, project.projectKey), leaderboard(stats)),
    ),
  );
}

function featuredProgress(job: JobView): VNode {
  return div(
    { class: 'featured' },
    p({ class: 'note' }, 'Job ', a({ href: `/jobs/${encodeURIComponent(job.id)}`, dir: 'auto' }, job.title), span({}, ` by ${job.author}`)),
    progressBar(job.units),
    legend(job.units),
  );
}
