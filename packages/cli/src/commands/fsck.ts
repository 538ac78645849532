import { resolve } from 'node:path';
import type { BooksProgress, ExplainedViolation, FsckReport } from '@manyhands/coordinator';
import type { ExitName } from '../exit-codes.ts';
import type { Live, Screen } from '../terminal/screen.ts';
import { count, plural } from '../terminal/words.ts';
import { type Cli, command, perform } from './cli.ts';

export const fsckCommand = (cli: Cli) =>
  command('fsck', "hold a coordinator's books against the rules that must always hold; it may be running")
    .option('--data <folder>', 'its data folder (MANYHANDS_DATA; default: manyhands-data)')
    .option('--blobs', 'read every blob too and compare it with its name; else only its size is looked at')
    .action(({ data, blobs, ...options }) =>
      perform(cli, options, async (screen) => {
        const { fsck } = await import('@manyhands/coordinator');
        const live = screen.live();
        const report = fsck(dataFolder(data, cli.env), {
          readBlobs: blobs === true,
          onProgress: throttled((progress) => showBooks(live, progress)),
        });
        live.end();
        screen.result(report, () => reportText(report, screen));
        return exitOf(report);
      }),
    );

export const dataFolder = (data: string | undefined, { MANYHANDS_DATA }: NodeJS.ProcessEnv): string =>
  resolve(data ?? MANYHANDS_DATA ?? 'manyhands-data');

/** A damaged file is another matter than books that do not add up. */
export const exitOf = ({ found }: Pick<FsckReport, 'found'>): ExitName =>
  found['I7'] !== undefined ? 'disk' : Object.keys(found).length > 0 ? 'unsuccessful' : 'ok';

function showBooks(live: Live, { now, units, unitsInAll }: BooksProgress): void {
  const far = unitsInAll === 0 ? '' : `: ${count(units)} of ${plural(unitsInAll, 'unit')}`;
  live.show({ block: `Checking ${now}${far}`, line: `Checking${far}` });
}

const DRAW_EVERY_MS = 100;

/** Drawing costs more than reading a page. */
export function throttled<T>(show: (progress: T) => void, now: () => number = Date.now): (progress: T) => void {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (now() - drawnAt < DRAW_EVERY_MS) return;
    drawnAt = now();
    show(progress);
  };
}

/** So many are printed; `--json` has the first thousand. */
const PRINTED = 20;

export function reportText(report: FsckReport, screen: Pick<Screen, 'paintResult'>): string {
  const { jobs, units, results, postings, blobs, found, violations } = report;
  const read = [
    plural(jobs, 'job'),
    plural(units, 'unit'),
    plural(results, 'result'),
    plural(postings, 'posting'),
    `${plural(blobs, 'use')} of blobs`,
  ];
  const all = Object.values(found).reduce((sum, each) => sum + each, 0);
  if (all === 0) return `${screen.paintResult('green', '✓')} Nothing is wrong: ${read.join(', ')}.`;
  const shown = violations.slice(0, PRINTED);
  const rules = Object.entries(found).map(([rule, times]) => `${rule} ${count(times)} ×`);
  return [
    ...shown.map((violation) => violationText(violation, screen)),
    ...(all > shown.length ? [`… and ${count(all - shown.length)} more; --json tells up to 1,000.`, ''] : []),
    `${screen.paintResult('red', '✗')} ${plural(all, 'violation')} (${rules.join(', ')}) in ${read.join(', ')}.`,
  ].join('\n');
}

const violationText = ({ rule, subject, message, means, advice }: ExplainedViolation, screen: Pick<Screen, 'paintResult'>): string =>
  [
    `${screen.paintResult('bold', `${rule}  ${subject}`)}: ${message}.`,
    `    What it means: ${means}`,
    `    What to do: ${advice}`,
    '',
  ].join('\n');
