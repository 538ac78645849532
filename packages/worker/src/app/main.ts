/** A worker as a process of its own: for service managers, demos and tests. People use `manyhands join`. */
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { EXIT_CODES, WorkerError } from '../domain/worker-error.ts';
import { defaultDataDir } from '../host/default-data-dir.ts';
import type { WorkerConfig } from './config.ts';
import { type JoinOffer, prepareJoin } from './join.ts';
import { startWorker } from './worker.ts';
import type { Worker } from './worker-life.ts';

const USAGE = `Usage: main.ts [--url URL --yes] [--data FOLDER] [--name NAME] [--team NAME] [--threads N] [--json]
  --url URL             the project's join link; without it, the project that the data folder joined before
  --yes                 agree to run the project's code here, without being asked
  --data FOLDER         where keys, work and results are kept (default: ${defaultDataDir()})
  --name NAME           shown on public pages (default: anonymous)
  --team NAME           the team that shares your credit on public pages (default: none)
  --threads N           units computed at once (default: the cores of this machine)
  --cache-mb N          what fetched inputs may take on disk (default: 2048)
  --allow-plain-http    talk without encryption across the open internet too
  --log-level LEVEL     trace, debug, info, warn, error, fatal or silent (default: info); the log goes to standard error
  --json                one JSON event a line on standard output
Exit codes: 0 ended as told; ${Object.entries(EXIT_CODES)
  .map(([name, code]) => `${code} ${name}`)
  .join(', ')}`;

const OPTIONS = {
  url: { type: 'string' },
  yes: { type: 'boolean', default: false },
  data: { type: 'string' },
  name: { type: 'string' },
  team: { type: 'string' },
  threads: { type: 'string' },
  'cache-mb': { type: 'string' },
  'allow-plain-http': { type: 'boolean', default: false },
  'log-level': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Flags = ReturnType<typeof parseFlags>;

function parseFlags(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new WorkerError('usage', `${(error as Error).message}\n${USAGE}`);
  }
}

function toConfig(flags: Flags, dataDir: string): WorkerConfig {
  return {
    dataDir,
    url: flags.url ?? null,
    displayName: flags.name ?? null,
    team: flags.team ?? null,
    allowPlainHttp: flags['allow-plain-http'],
    ...(flags.threads === undefined ? {} : { threads: Number(flags.threads) }),
    ...(flags['cache-mb'] === undefined ? {} : { cacheMB: Number(flags['cache-mb']) }),
    ...(flags['log-level'] === undefined ? {} : { logLevel: flags['log-level'] as NonNullable<WorkerConfig['logLevel']> }),
  };
}

/** Agreed on the command line: the offer is still shown, on standard error. */
async function agree(flags: Flags, dataDir: string): Promise<void> {
  if (flags.url === undefined || !flags.yes) return;
  const offer = await prepareJoin({ url: flags.url, dataDir, allowPlainHttp: flags['allow-plain-http'] });
  process.stderr.write(`${offerLine(offer)}\n`);
  await offer.confirm();
}

const offerLine = ({ name, operator, fingerprint, tasks }: JoinOffer): string =>
  `Agreed with --yes: ${name}, run by ${operator}, key ${fingerprint}, ${tasks.length} tasks now.`;

async function run(flags: Flags): Promise<Worker> {
  const dataDir = flags.data ?? defaultDataDir();
  await agree(flags, dataDir);
  const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  return startWorker(toConfig(flags, dataDir), flags.json ? { onEvent: print } : {});
}

/** Longer than any grace of the worker itself. */
const LAST_RESORT_MS = 30_000;

async function main(): Promise<number> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  // Whoever read our lines may have gone; that is no reason to stop computing.
  process.stdout.on('error', () => undefined);
  const worker = await run(flags);
  closeWithGrace({ delay: LAST_RESORT_MS, skip: ['beforeExit'] }, async ({ err }) => {
    if (err !== undefined) process.stderr.write(`${err.stack ?? err.message}\n`);
    await worker.stop();
  });
  return (await worker.closed).exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof WorkerError;
  process.stderr.write(`${isExpected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = isExpected ? error.exitCode : 1;
}
