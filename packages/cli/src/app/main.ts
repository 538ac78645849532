#!/usr/bin/env node
/** The `manyhands` command as a process. */
import { CommanderError } from '@commander-js/extra-typings';
import { type Cli, report } from '../commands/cli.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { createProgram } from '../program.ts';
import { restartUnderHeapFlags } from './heap-flags.ts';
import { stopSignal } from './stop-signal.ts';

const cli: Cli = {
  streams: { out: process.stdout, err: process.stderr },
  env: process.env,
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  stopped: stopSignal,
  exitWith: (code) => {
    process.exitCode = code;
  },
  exitNow: () => process.exit(),
};
const argv = process.argv.slice(2);

if (argv[0] === 'serve') restartUnderHeapFlags();

// What is said to a closed terminal is lost, and that is all.
process.stderr.on('error', () => {});
// A reader that has seen enough (`| head`) is no defect.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT_CODES.defect.code));

try {
  await createProgram(cli).parseAsync(argv, { from: 'user' });
} catch (error) {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (!isHelp) report(cli, argv.includes('--json'), error);
}
