/** What scripts beside the command use of it: `scripts/demo.ts`. */
export type { Cli } from './commands/cli.ts';
export { EXIT_CODES, type ExitName } from './exit-codes.ts';
export { CliError, type Failure, failureOf } from './failure.ts';
export { type Offspring, type OffspringOptions, startOffspring } from './processes/offspring.ts';
export { createProgram } from './program.ts';
export { progressBlock, progressSentence } from './terminal/job-progress.ts';
export { Screen } from './terminal/screen.ts';
export { tableText } from './terminal/table.ts';
export { duration } from './terminal/words.ts';
