/** The whole command: what there is to do, and how to ask for it. */
import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { adminCommand } from './commands/admin.ts';
import { backupCommand } from './commands/backup.ts';
import { cancelCommand } from './commands/cancel.ts';
import type { Cli } from './commands/cli.ts';
import { devCommand } from './commands/dev.ts';
import { explainCommand } from './commands/explain.ts';
import { fsckCommand } from './commands/fsck.ts';
import { joinCommand } from './commands/join.ts';
import { newCommand } from './commands/new.ts';
import { publishCommand } from './commands/publish.ts';
import { restoreCommand } from './commands/restore.ts';
import { resultsCommand } from './commands/results.ts';
import { serveCommand } from './commands/serve.ts';
import { finishCommand, pauseCommand, resumeCommand, statusCommand } from './commands/status.ts';
import { tryCommand } from './commands/try.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';
import { exitCodesText } from './exit-codes.ts';

export function createProgram(cli: Cli): Command {
  const program = new Command('manyhands')
    .description('Many hands make light work: lend a computer, or have a function computed by many.')
    .version(ownVersion())
    .addHelpText('after', `\n${exitCodesText()}`)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const groups = {
    'For volunteers:': [joinCommand, statusCommand, pauseCommand, resumeCommand, finishCommand],
    'For authors:': [
      newCommand,
      devCommand,
      tryCommand,
      publishCommand,
      watchCommand,
      resultsCommand,
      cancelCommand,
      explainCommand,
      verifyCommand,
    ],
    'For operators:': [serveCommand, adminCommand, backupCommand, restoreCommand, fsckCommand],
  };
  for (const [heading, commands] of Object.entries(groups)) {
    // Each command's own types end here; the program only dispatches.
    for (const create of commands) program.addCommand((create(cli) as unknown as Command).helpGroup(heading));
  }
  inherit(program);
  return program;
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Errors of every command are thrown, and told by us. */
function inherit(parent: Command): void {
  for (const child of parent.commands as Command[]) {
    child.copyInheritedSettings(parent);
    inherit(child);
  }
}
