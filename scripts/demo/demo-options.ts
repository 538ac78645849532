import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CliError } from '@manyhands/cli';

export interface DemoOptions {
  /** A .fil file; null: one is generated. */
  readonly input: string | null;
  /** Where picture and tables go. */
  readonly out: string;
  /** 0: any free one. */
  readonly port: number;
  /** Keep coordinator, volunteers and page running until Ctrl-C. */
  readonly keep: boolean;
  /** Decides noise and tones of the generated file. */
  readonly seed: number;
}

export const DEMO_USAGE = `npm run demo [-- OPTIONS]
  --input FILE.fil   search this SIGPROC filterbank file (default: one is generated, with tones of known frequency and drift)
  --out FOLDER       where picture and tables go (default: .demo)
  --port N           the page's port (default: any free one)
  --keep             keep everything running until Ctrl-C
  --seed N           decides noise and tones of the generated file (default: 1)`;

/** Throws CliError `usage`. */
export function parseDemoOptions(argv: string[]): DemoOptions | 'help' {
  const values = valuesOf(argv);
  if (values.help) return 'help';
  return {
    input: values.input === undefined ? null : resolve(values.input),
    out: resolve(values.out),
    port: wholeNumber('--port', values.port, 65_535),
    seed: wholeNumber('--seed', values.seed, 2 ** 32 - 1),
    keep: values.keep,
  };
}

const OPTIONS = {
  input: { type: 'string' },
  out: { type: 'string', default: '.demo' },
  port: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function valuesOf(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values;
  } catch (error) {
    throw new CliError('usage', `${(error as Error).message}\n${DEMO_USAGE}`, error);
  }
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new CliError('usage', `${flag} takes a whole number from 0 to ${most}, and "${text}" is none.`);
}
