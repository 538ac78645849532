/**
 * The whole product in two minutes: a coordinator, three volunteers, and the search that SETI@home began with.
 * Exit codes are those of the `manyhands` command. `npm run demo -- --help`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { duration, EXIT_CODES, type ExitName, type Failure, failureOf, Screen } from '@manyhands/cli';
import {
  detectionsOf,
  type Filterbank,
  FilterbankError,
  generateObservation,
  openFilterbank,
  subBandsOf,
  type Truth,
} from '../examples/narrowband/src/index.ts';
import { startDemoFleet } from './demo/demo-fleet.ts';
import { DEMO_USAGE, type DemoOptions, parseDemoOptions } from './demo/demo-options.ts';
import { detectionsText, recallText, writeReport } from './demo/demo-report.ts';
import { searchWithVolunteers } from './demo/demo-search.ts';

const screen = new Screen({ out: process.stdout, err: process.stderr }, false);
const interrupted = interruption();
// A terminal that was closed is no reason to leave anything running.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === 'help') screen.result(null, () => DEMO_USAGE);
  else process.exitCode = EXIT_CODES[await demo(options)].code;
} catch (error) {
  const { exit, message } = demoFailure(error);
  process.exitCode = EXIT_CODES[exit].code;
  if (exit !== 'interrupted') screen.note(`demo: ${message}`);
}

async function demo(options: DemoOptions): Promise<ExitName> {
  const startedAt = Date.now();
  const { filterbank, truth } = await observation(options);
  await using file = filterbank;
  // Everything that can be wrong with the file is known before anything starts.
  const subBands = subBandsOf(file);
  if (subBands.caveat !== null) screen.note(subBands.caveat);
  screen.note(`Searching ${file.path}: ${file.header.channels} channels, ${file.spectra} spectra, ${subBands.count} units.`);

  screen.note('Starting a coordinator and three volunteers …');
  await using fleet = await startDemoFleet(options.port);
  await using over = new AsyncDisposableStack();
  const ended = new AbortController();
  over.defer(() => ended.abort());
  const title = `Narrowband search of ${file.header.sourceName}`;
  const search = searchWithVolunteers({ authorFile: fleet.authorFile, subBands, title, signal: ended.signal }, screen);
  const outcome = await Promise.race([search, fleet.broken, interrupted.promise]);

  const verified = outcome.results.map(({ output, verifiedBy }) => ({
    output,
    verifiedBy: verifiedBy.map(({ name, host }) => name ?? host),
  }));
  const detections = detectionsOf(verified, subBands.resolution);
  const job = { id: outcome.job.id, units: outcome.job.units.total, elapsedMs: Date.now() - startedAt };
  const paths = await writeReport(options.out, { filterbank: file, detections, truth, job });
  screen.result(null, () =>
    [
      '',
      detectionsText(detections, screen),
      '',
      ...[recallText(detections, truth)].filter((text) => text !== null),
      ...outcome.failures.map(({ index, status }) => `Unit ${index} ${status}: its sub-band was not searched.`),
      `Done in ${duration(job.elapsedMs)}. Page: ${outcome.url}`,
      ...paths,
    ].join('\n'),
  );
  if (options.keep) await keepRunning(outcome.url);
  return outcome.failures.length === 0 ? 'ok' : 'unsuccessful';
}

async function observation({ input, out, seed }: DemoOptions): Promise<{ filterbank: Filterbank; truth: Truth | null }> {
  if (input !== null) {
    const filterbank = await openFilterbank(input);
    await mkdir(out, { recursive: true });
    return { filterbank, truth: null };
  }
  await mkdir(out, { recursive: true });
  const path = join(out, 'synthetic.fil');
  screen.note('Generating an observation with tones of known frequency and drift …');
  const truth = await generateObservation(path, seed);
  return { filterbank: await openFilterbank(path), truth };
}

async function keepRunning(url: string): Promise<void> {
  screen.note(`\nEverything keeps running at ${new URL('/', url)}. Ctrl-C ends it.`);
  await interrupted.promise.catch(() => {});
}

/** Rejects at the first SIGINT or SIGTERM, so that everything that was started is taken down in order; a second one ends at once. */
function interruption(): { promise: Promise<never>; signal: AbortSignal } {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
      screen.note('\nStopping …');
      controller.abort();
      reject(new Error(`stopped by ${name}`));
    });
  }
  return { promise, signal: controller.signal };
}

function demoFailure(error: unknown): Failure {
  const { message } = error as Error;
  if (interrupted.signal.aborted) return { exit: 'interrupted', code: 'interrupted', message };
  return error instanceof FilterbankError ? { exit: 'data', code: error.code, message } : failureOf(error);
}
