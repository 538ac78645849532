import { confirm, isCancel } from '@clack/prompts';
import type { JoinOffer, Worker, WorkerEvent } from '@manyhands/worker';
import { CliError } from '../failure.ts';
import { wholeNumber } from '../inputs/whole-number.ts';
import { untilStopped } from '../processes/until-stopped.ts';
import type { Screen } from '../terminal/screen.ts';
import { count, duration, plural } from '../terminal/words.ts';
import { type Cli, command, perform } from './cli.ts';

export const joinCommand = (cli: Cli) =>
  command('join', 'lend this computer: shows who runs the project and what would run, asks, then works until stopped')
    .argument('[url]', 'the join link; without it, the project that the data folder joined before')
    .option('--yes', 'agree without being asked')
    .option('--data <folder>', "where this machine's keys, work and results are kept")
    .option('--name <text>', 'the name on public pages (default: none, you stay anonymous)')
    .option('--team <text>', 'the team that shares your credit on public pages (default: none)')
    .option('--threads <n>', 'units computed at once (default: the cores of this machine)')
    .option('--allow-plain-http', 'talk without encryption across the open internet too')
    .action((url, options) =>
      perform(cli, options, async (screen) => {
        const { defaultDataDir, prepareJoin, startWorker } = await import('@manyhands/worker');
        const dataDir = options.data ?? defaultDataDir();
        const threads = options.threads === undefined ? {} : { threads: wholeNumber(options.threads, '--threads') };
        const allowPlainHttp = options.allowPlainHttp === true;
        const stopped = cli.stopped();
        if (url !== undefined)
          await agree(await prepareJoin({ url, dataDir, allowPlainHttp, ...threads }), options.yes === true, screen, cli);
        const live = screen.live();
        const worker = await startWorker(
          {
            dataDir,
            displayName: options.name ?? null,
            team: options.team ?? null,
            allowPlainHttp,
            logLevel: screen.json ? 'silent' : 'error',
            ...threads,
          },
          { onEvent: (event) => tell(event, screen) },
        );
        screen.result(
          { event: 'started', dataDir, ...projectOf(worker) },
          () => `Lending this computer to ${worker.status().project.name}. Ctrl-C stops.`,
        );
        const closed = await runUntilStopped(worker, stopped, () => live.show(statusOf(worker)));
        live.end();
        screen.note(closed.reason);
        return closed.exitCode;
      }),
    );

const projectOf = (worker: Worker): object => {
  const { project, pid, sandbox, threads } = worker.status();
  return { project, pid, sandbox, threads };
};

async function agree(offer: JoinOffer, yes: boolean, screen: Screen, { streams }: Cli): Promise<void> {
  screen.note(offerText(offer));
  if (yes || offer.pin === 'known') {
    await offer.confirm();
    return;
  }
  if (screen.json || !streams.err.isTTY || !process.stdin.isTTY) {
    throw new CliError('usage', 'Nobody can be asked here, so nothing was started. Read what is shown above, then add --yes to agree.');
  }
  const agreed = await confirm({ message: `Let ${offer.name} use this computer?`, initialValue: false });
  if (isCancel(agreed) || !agreed) throw new CliError('interrupted', 'You did not agree, so nothing was started and nothing was stored.');
  await offer.confirm();
}

/** Everything a volunteer should know before a line of anybody's code runs. */
function offerText({ name, description, operator, url, fingerprint, pin, tasks, mayUse }: JoinOffer): string {
  const trust = {
    link: 'It is the key that your link names.',
    'first-use': 'Your link names no key, so this one is taken on trust: compare it with what the operator publishes.',
    known: 'It is the key that was pinned here before.',
  }[pin];
  const titles = tasks.map(({ title, author, license, version }) => `  ${title} (version ${version}, by ${author}, ${license})`);
  return [
    `${name}, run by ${operator}, at ${url}`,
    ...(description === '' ? [] : [description]),
    `Its key: ${fingerprint}. ${trust}`,
    'What it computes now:',
    ...(titles.length === 0 ? ['  nothing yet'] : titles),
    'What it may use:',
    ...mayUse.map((sentence) => `  ${sentence}`),
  ].join('\n');
}

function tell(event: WorkerEvent, screen: Screen): void {
  if (screen.json) screen.result(event, () => '');
  else if (event.event === 'connected') screen.note(`Connected as ${event.host}.`);
  else if (event.event === 'disconnected')
    screen.note(`No connection: ${event.reason}. Trying again in ${duration(event.retryAt - event.at)}.`);
  else if (event.event === 'task-accepted') screen.note(`Runs ${event.name} ${event.version}, signed by ${event.author}.`);
}

const SHOW_EVERY_MS = 1_000;

async function runUntilStopped(worker: Worker, stopped: AbortSignal, show: () => void) {
  const shown = setInterval(show, SHOW_EVERY_MS);
  try {
    await Promise.race([worker.closed, untilStopped(stopped).then(() => worker.stop())]);
    return await worker.closed;
  } finally {
    clearInterval(shown);
  }
}

function statusOf(worker: Worker): { block: string; line: string } {
  const { why, tally, held } = worker.status();
  const line = `${why} ${plural(tally.recorded, 'result')} delivered, ${count(held.running)} running.`;
  return { block: line, line };
}
