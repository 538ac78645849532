import { open } from 'node:fs/promises';
import type { EvidenceReport } from '@manyhands/coordinator';
import { type JobId, jobIdSchema } from '@manyhands/protocol';
import { CliError } from '../failure.ts';
import { evidenceIn, evidenceOf } from '../inputs/evidence-source.ts';
import { policyWords } from '../terminal/policy-words.ts';
import type { Screen } from '../terminal/screen.ts';
import { count, plural } from '../terminal/words.ts';
import { type AuthorOptions, authorCommand, type Cli, gridOf, perform } from './cli.ts';

type Lines = AsyncGenerator<string, void, void>;

/** Lines are short, and writing each by itself takes longer than reading it. */
const WRITE_LENGTH = 2 ** 18;

export const verifyCommand = (cli: Cli) =>
  authorCommand('verify', 'count every verdict of a job again from its evidence, and look whether the outputs are what was believed')
    .argument('[job]', "the job's id; not needed with --file")
    .option('--file <evidence>', 'read what --save kept, and ask no coordinator')
    .option('--save <file>', 'keep evidence and outputs in a new file')
    .action((id, options) =>
      perform(cli, options, async (screen) => {
        const { verifyEvidence } = await import('@manyhands/coordinator');
        const report = await verifyEvidence(told(linesFor(id, options, screen), screen));
        if (id !== undefined && report.job !== null && report.job.job !== id)
          throw new CliError('data', `${options.file} holds the evidence of ${report.job.job}, not of ${id}.`);
        screen.result(reportJson(report), () => reportText(report, screen));
        return report.violations.length === 0 ? 'ok' : 'unsuccessful';
      }),
    );

interface VerifyOptions extends AuthorOptions {
  readonly file?: string;
  readonly save?: string;
}

async function* linesFor(id: string | undefined, { file, save, ...author }: VerifyOptions, screen: Screen): Lines {
  if (file !== undefined) {
    if (save !== undefined)
      throw new CliError('usage', '--file and --save exclude each other: what would be saved is in the file already.');
    yield* evidenceIn(file);
    return;
  }
  const job = jobOf(id);
  await using grid = await gridOf(author, screen);
  const lines = evidenceOf(grid.api, job);
  yield* save === undefined ? lines : kept(lines, save);
}

function jobOf(id: string | undefined): JobId {
  const job = jobIdSchema.safeParse(id);
  if (job.success) return job.data;
  throw new CliError(
    'usage',
    id === undefined
      ? 'Name the job to verify, or a file with --file.'
      : `"${id}" is no job's id; one looks like job_ and 22 more characters.`,
  );
}

/** Passes lines on and keeps each. A file that is there is left alone. */
async function* kept(lines: Lines, path: string): Lines {
  await using file = await open(path, 'wx').catch((error: unknown) => {
    throw new CliError('usage', `Evidence cannot be kept in ${path}: ${(error as Error).message}. Name a new file.`, error);
  });
  let unwritten = '';
  for await (const line of lines) {
    unwritten += `${line}\n`;
    yield line;
    if (unwritten.length < WRITE_LENGTH) continue;
    await file.write(unwritten);
    unwritten = '';
  }
  await file.write(unwritten);
}

/** Says how far it is. */
async function* told(lines: Lines, screen: Screen): Lines {
  const live = screen.live();
  let read = 0;
  for await (const line of lines) {
    read++;
    const text = `Counting again: ${plural(read, 'line')} of evidence read`;
    live.show({ block: text, line: text });
    yield line;
  }
  live.end();
}

function reportJson({ job, ...report }: EvidenceReport): object {
  return { job: job?.job ?? null, verify: job?.verify ?? null, policyVersion: job?.policyVersion ?? null, ...report };
}

function reportText({ job, units, verdicts, justified, outputs, violations }: EvidenceReport, { paintResult }: Screen): string {
  const found = violations.map(({ rule, subject, message }) => `${paintResult('red', '✘')} ${subject}: ${message} [${rule}]`);
  return [
    ...(job === null ? [] : [`Job ${job.job} "${job.title}": ${policyWords(job.verify)}.`]),
    ...found,
    justified === verdicts && violations.length === 0
      ? `${paintResult('green', '✔')} ${plural(verdicts, 'verdict')} counted again: each is justified by its evidence.`
      : `${plural(verdicts, 'verdict')} counted again: ${count(justified)} justified, ${count(verdicts - justified)} not.`,
    ...(units > verdicts ? [`  ${plural(units - verdicts, 'more unit')} handed out, without a verdict.`] : []),
    outputs === null
      ? '  The outputs were not looked at: none came with the evidence.'
      : `  ${plural(outputs, 'output')} held against the verdicts.`,
  ].join('\n');
}
