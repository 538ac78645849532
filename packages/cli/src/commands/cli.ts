/** What every command is given, and what every command does the same way. */
import { Command } from '@commander-js/extra-typings';
import { connect, type Grid } from '@manyhands/task-sdk';
import { EXIT_CODES, type ExitName } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import { Screen, type Streams } from '../terminal/screen.ts';
import { duration } from '../terminal/words.ts';

export interface Cli {
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  /** The command that started this process, for starting others like it. */
  readonly self: readonly [string, ...string[]];
  /** For commands that run until they are stopped: aborted when the process is asked to end. */
  stopped(): AbortSignal;
  /** When all that runs has ended. */
  exitWith(code: number): void;
  /** At once, with the code that was set. */
  exitNow(): void;
}

/** Runs a command's work, which gives an exit code or its name; what it throws becomes a message and an exit code. */
export async function perform(
  cli: Cli,
  { json }: { json?: true | undefined },
  work: (screen: Screen) => Promise<ExitName | number>,
): Promise<void> {
  const screen = new Screen(cli.streams, json === true);
  try {
    const exit = await work(screen);
    cli.exitWith(typeof exit === 'number' ? exit : EXIT_CODES[exit].code);
  } catch (error) {
    report(cli, screen.json, error);
  }
}

export function report(cli: Cli, json: boolean, error: unknown): void {
  const { exit, code, message } = failureOf(error);
  if (json) cli.streams.out.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else cli.streams.err.write(`manyhands: ${message}\n`);
  cli.exitWith(EXIT_CODES[exit].code);
  // A disk that failed is left alone: an orderly end would empty SQLite's log into the database (ST13).
  if (exit === 'disk') cli.exitNow();
}

export const command = (name: string, description: string) =>
  new Command(name).description(description).option('--json', 'one JSON value on standard output, or one a line for streams');

export const authorCommand = (name: string, description: string) =>
  command(name, description)
    .option('--url <url>', "the coordinator's address (MANYHANDS_URL; else the author file's)")
    .option('--author <file>', 'your author file (MANYHANDS_AUTHOR; else author.json in your config folder)')
    .option('--token <token>', "your token, instead of the author file's (MANYHANDS_TOKEN)");

export interface AuthorOptions {
  readonly url?: string;
  readonly author?: string;
  readonly token?: string;
}

export function gridOf({ url, author, token }: AuthorOptions, screen: Screen): Promise<Grid> {
  return connect({
    url,
    authorFile: author,
    token,
    onRetry: ({ reason, waitMs }) => screen.note(`The coordinator does not answer (${reason}); trying again in ${duration(waitMs)}.`),
  });
}
