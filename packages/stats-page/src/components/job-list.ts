import type { JobView } from '@manyhands/protocol';
import { a, h2, h3, li, p, section, span, ul, type VNode } from '../element.ts';
import { JOB_STATES, jobSentence } from '../words/sentences.ts';
import { progressBar } from './progress-bar.ts';

export const stateBadge = (job: JobView): VNode => span({ class: `badge badge-${job.state}` }, JOB_STATES[job.state]);

export function jobList(jobs: readonly JobView[]): VNode {
  return section(
    { class: 'panel', 'aria-labelledby': 'jobs' },
    h2({ id: 'jobs' }, 'Jobs'),
    jobs.length === 0 ? p({ class: 'empty' }, 'No job has been published yet.') : ul({ class: 'jobs' }, ...jobs.map(jobItem)),
  );
}

function jobItem(job: JobView): VNode {
  return li(
    { key: job.id },
    h3({}, a({ href: `/jobs/${encodeURIComponent(job.id)}`, dir: 'auto' }, job.title), ' ', stateBadge(job)),
    progressBar(job.units),
    p({ class: 'note' }, `${jobSentence(job)}.`),
  );
}
