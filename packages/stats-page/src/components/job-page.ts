import type { JobView } from '@manyhands/protocol';
import { a, div, h1, h2, main, p, section, span, time, type VNode } from '../element.ts';
import type { JobState } from '../page-state.ts';
import { count, instant, iso, rate } from '../words/numbers.ts';
import { helpersSentence, jobSentence, verifySentence } from '../words/sentences.ts';
import { type Fact, factRow } from './facts.ts';
import { stateBadge } from './job-list.ts';
import { joinBox } from './join-box.ts';
import { leaderboard } from './leaderboard.ts';
import { legend, progressBar } from './progress-bar.ts';
import { spaceMap } from './space-map.ts';
import { throughputChart } from './throughput-chart.ts';

export function jobPage({ job, map, stats, project, origin }: JobState): VNode {
  return main(
    { id: 'content' },
    section(
      { class: 'hero' },
      p({ class: 'eyebrow' }, span({ dir: 'auto' }, job.title), ' ', stateBadge(job)),
      h1({}, `${jobSentence(job)}.`),
      div({ class: 'featured' }, progressBar(job.units), legend(job.units)),
      p({ class: 'helpers' }, verifySentence(job), ' ', helpersSentence(stats), ' ', a({ href: '#join' }, 'Add yours')),
    ),
    factRow(factsOf(job)),
    div(
      { class: 'columns' },
      div({ class: 'wide' }, spaceMap(map, job.title), throughputChart(stats.throughput, stats.unitsPerSecond), leaderboard(stats)),
      div({ class: 'narrow' }, joinBox(origin, project.projectKey), about(job)),
    ),
  );
}

function factsOf(job: JobView): Fact[] {
  return [
    { label: 'Units per second', value: rate(job.unitsPerSecond), meaning: 'answered, over the last minute' },
    { label: 'Machines', value: count(job.hosts), meaning: 'that found a valid result' },
    { label: 'Results per unit', value: job.resultsPerUnit === null ? '–' : rate(job.resultsPerUnit), meaning: 'the price of certainty' },
    { label: 'Failed', value: count(job.units.failed), meaning: 'units given up after errors' },
  ];
}

function about(job: JobView): VNode {
  return section(
    { class: 'panel', 'aria-labelledby': 'about' },
    h2({ id: 'about' }, 'About this job'),
    p({}, 'Task ', span({ class: 'figure' }, job.taskName), ', published by ', span({ dir: 'auto' }, job.author), '.'),
    p(
      { class: 'note' },
      'Begun ',
      time({ dateTime: iso(job.createdAt) }, instant(job.createdAt)),
      job.finishedAt === null ? '.' : [', ended ', time({ dateTime: iso(job.finishedAt) }, instant(job.finishedAt)), '.'],
    ),
    p({ class: 'note' }, job.task),
  );
}
