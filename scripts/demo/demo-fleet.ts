/** A coordinator and three volunteers under three accounts: real processes of the real command, in a folder that goes with them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError, startOffspring } from '@manyhands/cli';

const MANYHANDS = [
  process.execPath,
  '--conditions=source',
  fileURLToPath(new URL('../../packages/cli/src/app/main.ts', import.meta.url)),
] as const;

export const VOLUNTEERS = ['Ada', 'Grace', 'Katherine'] as const;

export interface DemoFleet extends AsyncDisposable {
  /** The page, and what volunteers join. */
  readonly url: string;
  readonly authorFile: string;
  /** Rejects when one of the processes ends by itself. */
  readonly broken: Promise<never>;
}

export async function startDemoFleet(port: number): Promise<DemoFleet> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-demo-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const start = (name: string, args: string[]) => stack.use(startOffspring({ name, self: MANYHANDS, args, env: process.env }));

  const coordinator = start('coordinator', [
    ...['serve', '--data', join(folder, 'coordinator'), '--port', String(port), '--log-level', 'warn'],
    ...['--name', 'Manyhands demo', '--operator', 'this machine', '--description', 'A search for narrowband signals.'],
  ]);
  const { url, joinUrl, authorFile } = (await coordinator.ready) as { url: string; joinUrl: string; authorFile: string };
  const volunteers = VOLUNTEERS.map((name) =>
    start(`volunteer ${name}`, ['join', joinUrl, '--yes', '--data', join(folder, name), '--name', name, '--threads', '1']),
  );
  await Promise.all(volunteers.map(({ ready }) => ready));
  const broken = Promise.race(
    [coordinator, ...volunteers].map(async ({ name, ended }): Promise<never> => {
      await ended;
      throw new CliError('unavailable', `The ${name} ended unexpectedly. Run the demo again.`);
    }),
  );
  // Nobody listens any more when the fleet is taken down on purpose.
  broken.catch(() => {});
  const held = stack.move();
  return { url, authorFile, broken, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
