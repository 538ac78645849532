/** Runs the real command as a process, as a person or script would. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Offspring, startOffspring } from '../src/processes/offspring.ts';

const MAIN = fileURLToPath(new URL('../src/app/main.ts', import.meta.url));
export const SELF = [process.execPath, '--conditions=source', MAIN] as const;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const { PATH } = process.env;

/** Nothing else of the machine's own settings reaches the command. */
const environment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH,
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  NO_COLOR: '1',
  ...own,
});

export function manyhands(
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: NodeJS.ProcessEnv; stdin?: string } = {},
): Promise<Ended> {
  const [file, ...own] = SELF;
  return new Promise((resolve) => {
    const child = execFile(file, [...own, ...args], { env: environment(env), maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(stdin);
  });
}

/** A coordinator and volunteers of the real command. */
export interface LocalGrid extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly joinUrl: string;
  readonly authorFile: string;
  /** Runs a command as its author. */
  run(args: readonly string[], stdin?: string): Promise<Ended>;
}

export async function openLocalGrid(volunteers: readonly string[]): Promise<LocalGrid> {
  const folder = mkdtempSync(join(tmpdir(), 'cli-grid-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const start = (name: string, args: string[]) => stack.use(startOffspring({ name, self: SELF, args, env: environment({}) }));
  const serve = start('coordinator', ['serve', '--data', join(folder, 'coordinator'), '--port', '0', '--operator', 'the tests']);
  const { url, joinUrl, authorFile } = (await serve.ready) as { url: string; joinUrl: string; authorFile: string };
  const joined = volunteers.map((name) =>
    start(name, ['join', joinUrl, '--yes', '--data', join(folder, name), '--name', name, '--threads', '1']),
  );
  await Promise.all(joined.map(({ ready }) => ready));
  const held = stack.move();
  const env = { MANYHANDS_AUTHOR: authorFile };
  return {
    folder,
    url,
    joinUrl,
    authorFile,
    run: (args, stdin = '') => manyhands(args, { env, stdin }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** One that goes on running; ended with the test. */
export function startManyhands(args: readonly string[], onLine?: (line: Readonly<Record<string, unknown>>) => void): Offspring {
  const offspring = startOffspring({
    name: args[0] ?? '',
    self: SELF,
    args,
    env: environment({}),
    ...(onLine === undefined ? {} : { onLine }),
  });
  onTestFinished(() => offspring[Symbol.asyncDispose]());
  return offspring;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const jsonLines = (text: string): { index?: number; status?: string; input?: unknown; output?: unknown; verifiedBy?: unknown }[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
