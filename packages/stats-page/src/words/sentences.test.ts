import type { JobView } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { sampleJob, sampleStats, sampleUnits } from '../../test/sample-views.ts';
import { featuredJob, helpersSentence, jobSentence, projectSentence, verifySentence } from './sentences.ts';

const emptyUnits = sampleUnits({ total: 0, waiting: 0, running: 0, verifying: 0, final: 0, failed: 0 });

test('[PG1] a job under way says how many units are verified and how long it will take', () => {
  expect(jobSentence(sampleJob())).toBe('3,412 of 10,000 units verified, about 2 minutes left');
});

test('[PG12] time left is claimed only when it is known', () => {
  expect(jobSentence(sampleJob({ remainingMs: null }))).toBe('3,412 of 10,000 units verified, time left not known yet');
  const jobs = [sampleJob(), sampleJob({ remainingMs: null })];
  expect(projectSentence(sampleStats({ jobs }))).toBe('6,824 of 20,000 units verified in 2 jobs, time left not known yet');
});

test.each([
  ['open without inputs', sampleJob({ state: 'open', units: emptyUnits }), 'Waiting for its first inputs'],
  ['open', sampleJob({ state: 'open' }), '3,412 of 10,000 units so far verified, and more inputs are arriving'],
  ['done', sampleJob({ state: 'done', units: sampleUnits({ final: 10_000, failed: 0 }) }), 'All 10,000 units verified'],
  ['done, a single unit', sampleJob({ state: 'done', units: sampleUnits({ total: 1, final: 1, failed: 0 }) }), 'The one unit is verified'],
  [
    'done with failures',
    sampleJob({ state: 'done', units: sampleUnits({ final: 9_992 }) }),
    'Finished: 9,992 of 10,000 units verified, 8 failed',
  ],
  ['cancelled', sampleJob({ state: 'cancelled' }), 'Cancelled by its author: 3,412 of 10,000 units verified'],
])('[PG1] a job that is %s says so', (_, job, sentence) => {
  expect(jobSentence(job)).toBe(sentence);
});

test('[PG1] the project speaks of its one job under way, of all of them together, or of the last that ended', () => {
  const done = sampleJob({ state: 'done', createdAt: 9, units: sampleUnits({ final: 10_000, failed: 0 }) });
  const slow = sampleJob({ remainingMs: 86_400_000 * 3 });
  expect(projectSentence(sampleStats({ jobs: [] }))).toBe('Ready for the first job');
  expect(projectSentence(sampleStats({ jobs: [done] }))).toBe('All 10,000 units verified');
  expect(projectSentence(sampleStats({ jobs: [done, slow] }))).toBe('3,412 of 10,000 units verified, about 3 days left');
  expect(projectSentence(sampleStats({ jobs: [sampleJob(), slow] }))).toBe('6,824 of 20,000 units verified in 2 jobs, about 3 days left');
});

test('the featured job is the newest under way, else the newest at all', () => {
  const older = sampleJob({ createdAt: 1, title: 'older' });
  const newer = sampleJob({ createdAt: 2, title: 'newer' });
  const done = sampleJob({ createdAt: 3, title: 'done', state: 'done' });
  expect(featuredJob(sampleStats({ jobs: [older, done, newer] }))?.title).toBe('newer');
  expect(featuredJob(sampleStats({ jobs: [done] }))?.title).toBe('done');
  expect(featuredJob(sampleStats({ jobs: [] }))).toBeNull();
});

test('[PG1] what is answered and not yet verified is told beside what is', () => {
  const units = sampleUnits({ final: 12, provisional: 9_000 });
  expect(jobSentence(sampleJob({ units }))).toBe('12 of 10,000 units verified, 9,000 more answered, about 2 minutes left');
  expect(jobSentence(sampleJob({ state: 'open', units }))).toBe(
    '12 of 10,000 units so far verified, 9,000 more answered, and more inputs are arriving',
  );
  const jobs = [sampleJob({ units }), sampleJob({ units })];
  expect(projectSentence(sampleStats({ jobs }))).toBe('24 of 20,000 units verified, 18,000 more answered in 2 jobs, about 2 minutes left');
});

test('helpers are told in words', () => {
  expect(helpersSentence(sampleStats())).toBe('12 machines of volunteers lend 48 cores right now.');
  expect(helpersSentence(sampleStats({ hostsOnline: 1, coresOnline: 1 }))).toBe('1 machine of volunteers lends 1 core right now.');
  expect(helpersSentence(sampleStats({ hostsOnline: 0 }))).toContain('No volunteer');
});

const EXACT = { kind: 'exact' } as const;
test.each<[JobView['verify'], string]>([
  [{ kind: 'quorum', k: 2, agree: EXACT }, 'Each answer is believed only when 2 different volunteers found the same.'],
  [{ kind: 'quorum', k: 1, agree: EXACT }, 'The first answer to each unit is taken as it comes.'],
  [{ kind: 'proof' }, 'Every answer is believed only after its proof was checked.'],
  [
    { kind: 'confidence', wrongIn: 10_000, agree: EXACT },
    'Each answer is believed only when the odds that it is wrong are below 1 in 10,000: volunteers are tested, and count for what they proved.',
  ],
  [
    { kind: 'quorum', k: 3, agree: { kind: 'author' } },
    'Each answer is believed only when 3 different volunteers found the same. Its author’s own comparison says which answers are the same.',
  ],
])('[PG18] the policy %o is told in words', (verify, sentence) => {
  expect(verifySentence(sampleJob({ verify }))).toBe(sentence);
});

test.each([
  [0, 0.07, 'differ by at most 7 %.'],
  [0.5, 0, 'differ by at most 0.5.'],
  [1e-12, 1e-9, 'differ by at most 1e-12 or 1e-7 %.'],
  [0, 0, 'differ by at most 0.'],
])('[PG18] a tolerance of %d and %d is told in words', (abs, rel, words) => {
  expect(verifySentence(sampleJob({ verify: { kind: 'quorum', k: 2, agree: { kind: 'within', abs, rel } } }))).toContain(words);
});
