import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { type OperatorAccess, readAuthorFile, registerAuthor, revokeAuthor } from '@manyhands/task-sdk';
import { CliError } from '../failure.ts';
import { type Cli, command, perform } from './cli.ts';

export const adminCommand = (cli: Cli) =>
  new Command('admin')
    .description('what only the operator of a coordinator may do')
    .addCommand(new Command('author').description('who may publish tasks').addCommand(addCommand(cli)).addCommand(revokeCommand(cli)));

const operatorCommand = (name: string, description: string) =>
  command(name, description)
    .option('--data <folder>', "the coordinator's data folder (MANYHANDS_DATA; default: manyhands-data)")
    .option('--url <url>', "the coordinator's address (default: the one in the data folder)");

const addCommand = (cli: Cli) =>
  operatorCommand('add', 'certify an author and write their author file')
    .argument('<name>', 'shown to volunteers')
    .option('--out <file>', 'where the author file goes (default: NAME.author.json)')
    .action((name, options) =>
      perform(cli, options, async (screen) => {
        const out = resolve(options.out ?? `${name}.author.json`);
        if (existsSync(out)) throw new CliError('usage', `${out} is there already. Name another file with --out.`);
        const author = await registerAuthor(accessOf(options, cli.env), name);
        writeFileSync(out, `${JSON.stringify(author, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
        screen.result({ author: name, file: out }, () => `${out}: hand it to ${name} safely; whoever has it publishes as ${name}.`);
        return 'ok';
      }),
    );

const revokeCommand = (cli: Cli) =>
  operatorCommand('revoke', "make an author's token worthless")
    .argument('<name>')
    .action((name, options) =>
      perform(cli, options, async (screen) => {
        await revokeAuthor(accessOf(options, cli.env), name);
        screen.result({ author: name, revoked: true }, () => `${name} can publish no more. Jobs that are there go on.`);
        return 'ok';
      }),
    );

function accessOf({ data, url }: { data?: string; url?: string }, { MANYHANDS_DATA }: NodeJS.ProcessEnv): OperatorAccess {
  const folder = resolve(data ?? MANYHANDS_DATA ?? 'manyhands-data');
  const file = join(folder, 'admin-token');
  try {
    return { adminToken: readFileSync(file, 'utf8').trim(), url: url ?? readAuthorFile(join(folder, 'author.json')).url };
  } catch (error) {
    throw new CliError(
      'config',
      `${file} cannot be read (${(error as Error).message}). Name the coordinator's data folder with --data.`,
      error,
    );
  }
}
