import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError } from '../failure.ts';
import { wholeNumber } from '../inputs/whole-number.ts';
import { type Offspring, startOffspring } from '../processes/offspring.ts';
import { untilStopped } from '../processes/until-stopped.ts';
import { type Cli, command, perform } from './cli.ts';

const NAMES = ['Ada', 'Grace', 'Katherine', 'Hedy', 'Mary', 'Dorothy', 'Annie', 'Jocelyn'];

export const devCommand = (cli: Cli) =>
  command('dev', 'the whole grid on this machine: a coordinator, volunteers and the page, gone when stopped')
    .option('--port <n>', 'where the page is', '8080')
    .option('--volunteers <n>', 'how many, each under an account of its own', '3')
    .option('--data <folder>', 'keep everything there (default: a temporary folder)')
    .action((options) =>
      perform(cli, options, async (screen) => {
        const volunteers = wholeNumber(options.volunteers, '--volunteers');
        if (volunteers < 1 || volunteers > NAMES.length) {
          throw new CliError('usage', `--volunteers takes a number from 1 to ${NAMES.length}; more would only share the same cores.`);
        }
        const stopped = cli.stopped();
        await using stack = new AsyncDisposableStack();
        const folder = options.data === undefined ? await temporaryFolder(stack) : resolve(options.data);
        const start = (name: string, args: string[]): Offspring => stack.use(startOffspring({ name, self: cli.self, args, env: cli.env }));

        const serve = [
          'serve',
          '--data',
          join(folder, 'coordinator'),
          '--port',
          options.port,
          '--log-level',
          'warn',
          '--name',
          'Development',
        ];
        const coordinator = start('coordinator', serve);
        const { url, joinUrl, authorFile } = (await coordinator.ready) as { url: string; joinUrl: string; authorFile: string };
        const hosts = NAMES.slice(0, volunteers).map((name) =>
          start(`volunteer ${name}`, ['join', joinUrl, '--yes', '--data', join(folder, name), '--name', name, '--threads', '1']),
        );
        await Promise.all(hosts.map(({ ready }) => ready));
        screen.result({ url, authorFile, volunteers: hosts.map(({ name, pid }) => ({ name, pid })) }, () =>
          [
            `Page         ${url}`,
            `Volunteers   ${NAMES.slice(0, volunteers).join(', ')}`,
            `Publish with MANYHANDS_AUTHOR=${authorFile}`,
            'Ctrl-C ends it all.',
          ].join('\n'),
        );
        const early = await Promise.race([
          untilStopped(stopped),
          ...[coordinator, ...hosts].map(({ name, ended }) => ended.then(() => name)),
        ]);
        if (early !== undefined) throw new CliError('unavailable', `The ${early} ended unexpectedly, so everything was stopped.`);
        return 'ok';
      }),
    );

async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-dev-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
