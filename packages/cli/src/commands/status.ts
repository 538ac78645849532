import type { AccountView } from '@manyhands/protocol';
import type { ControlRequest, WorkerStatus } from '@manyhands/worker';
import type { ExitName } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import type { Screen } from '../terminal/screen.ts';
import { duration, plural } from '../terminal/words.ts';
import { creditLines, creditOf } from './account-credit.ts';
import { type Cli, command, perform } from './cli.ts';

const workerCommand = (name: string, description: string) =>
  command(name, description).option('--data <folder>', 'the data folder of the worker (default: the one that join uses)');

export const statusCommand = (cli: Cli) =>
  workerCommand('status', 'what this computer does for the project, and why').action((options) =>
    perform(cli, options, async (screen) => ask({ command: 'status' }, options.data, screen)),
  );

export const pauseCommand = (cli: Cli) =>
  workerCommand('pause', 'stop computing, keep what is held')
    .argument('[time]', 'for how long, e.g. 30m or 2h (default: until resume)')
    .action((time, options) =>
      perform(cli, options, async (screen) =>
        ask({ command: 'pause', forMs: time === undefined ? null : parseTime(time) }, options.data, screen),
      ),
    );

export const resumeCommand = (cli: Cli) =>
  workerCommand('resume', 'go on computing').action((options) =>
    perform(cli, options, async (screen) => ask({ command: 'resume' }, options.data, screen)),
  );

export const finishCommand = (cli: Cli) =>
  workerCommand('finish', 'complete and deliver what is held, take nothing new, then end').action((options) =>
    perform(cli, options, async (screen) => ask({ command: 'finish' }, options.data, screen)),
  );

async function ask(request: ControlRequest, data: string | undefined, screen: Screen): Promise<ExitName> {
  const { defaultDataDir, sendControl } = await import('@manyhands/worker');
  const dataDir = data ?? defaultDataDir();
  const answer = await sendControl(dataDir, request);
  if (answer === null) {
    screen.result({ worker: null, dataDir }, () => `No worker runs on ${dataDir}. \`manyhands join\` starts one.`);
    return 'unsuccessful';
  }
  if (!answer.ok) throw new CliError('unavailable', `The worker refused: ${answer.error}`);
  const credit = request.command === 'status' ? await creditOf(answer.status) : null;
  screen.result({ worker: answer.status, dataDir, ...(request.command === 'status' && { credit }) }, () =>
    statusText(answer.status, credit, screen),
  );
  return 'ok';
}

function statusText(status: WorkerStatus, credit: AccountView | null, screen: Screen): string {
  const { why, project, link, held, running, tally, sandbox, startedAt, asOf, threads, gflops, team } = status;
  return [
    screen.paintResult('bold', why),
    `Project    ${project.name} (${project.url}), ${link}`,
    `Work       ${held.running} running, ${held.queued + held.preparing} waiting, ${held.finished} to deliver`,
    ...running.map(({ unit, fraction }) => `           ${unit} ${Math.floor(fraction * 100)} %`),
    `Since      ${duration(asOf - startedAt)}: ${plural(tally.recorded, 'result')} delivered, ${plural(tally.errors, 'error')}, ${tally.late} late`,
    ...creditLines(credit),
    ...(team === null ? [] : [`Team       ${team}`]),
    `Machine    ${plural(threads, 'thread')}, ${gflops} GFLOPS each`,
    `Sandbox    ${sandbox.join(', ')}`,
  ].join('\n');
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

function parseTime(text: string): number {
  const match = /^(\d{1,5})([smhd])$/.exec(text);
  if (match === null) throw new CliError('usage', `"${text}" is no time. Write a number and s, m, h or d, e.g. 30m.`);
  return Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
}
