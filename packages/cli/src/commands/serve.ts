import { Option } from '@commander-js/extra-typings';
import type { RunningCoordinator } from '@manyhands/coordinator';
import { untilStopped } from '../processes/until-stopped.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Cli, command, perform, report } from './cli.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const serveCommand = (cli: Cli) =>
  command('serve', 'run a coordinator; the first start makes its keys and your author file')
    .option('--data <folder>', 'where database, blobs and keys live (MANYHANDS_DATA; default: manyhands-data)')
    .option('--port <n>', '0 takes any free one (MANYHANDS_PORT; default: 8080)')
    .option('--host <address>', '0.0.0.0 opens it to the network (MANYHANDS_HOST; default: 127.0.0.1)')
    .option('--public-url <url>', 'the address the world sees, behind a proxy (MANYHANDS_PUBLIC_URL)')
    .option('--name <text>', "the project's name, shown to volunteers (MANYHANDS_NAME)")
    .option('--description <text>', 'what it computes and why, shown to volunteers (MANYHANDS_DESCRIPTION)')
    .option('--operator <text>', 'who runs it, shown to volunteers (MANYHANDS_OPERATOR)')
    .addOption(new Option('--log-level <level>', 'how much is logged (MANYHANDS_LOG_LEVEL; default: info)').choices(LOG_LEVELS))
    .action(({ json, ...settings }) =>
      perform(cli, { json }, async (screen) => {
        const { loadConfig, startCoordinator } = await import('@manyhands/coordinator');
        const stopped = cli.stopped();
        // CR9: nothing is put away, for that would write to the store once more.
        const onBroken = (error: unknown) => {
          report(cli, screen.json, error);
          cli.exitNow();
        };
        await using coordinator = await startCoordinator(loadConfig(settings, cli.env), { onBroken });
        announce(coordinator, screen);
        await untilStopped(stopped);
        screen.note('Stopping: what was decided is made durable, volunteers are told to come back.');
        return 'ok';
      }),
    );

function announce({ url, joinUrl, projectKey, authorFile, durability }: RunningCoordinator, screen: Screen): void {
  screen.result({ url, joinUrl, projectKey, authorFile, durability, pid: process.pid }, () =>
    [
      `Coordinator  ${url}`,
      `Volunteers   manyhands join '${joinUrl}'`,
      `Authors      MANYHANDS_AUTHOR=${authorFile}`,
      `Durability   ${durability}`,
      'Ctrl-C stops it; it goes on where it was at the next start.',
    ].join('\n'),
  );
}
