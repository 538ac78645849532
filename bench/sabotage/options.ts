/** The command line of `npm run sabotage`. */
import { parseArgs } from 'node:util';
import type { Choice } from './matrix.ts';

export interface Options {
  readonly choice: Choice;
  readonly json: boolean;
  readonly save: boolean;
  readonly help: boolean;
  /** null: one for each core. */
  readonly threads: number | null;
}

export const USAGE = `npm run sabotage -- [options]: how ways of verifying stand up to those who lie
  --scheme NAMES      some of them, separated by commas; the beginning of a name stands for all that begin so
  --scenario NAMES    the same for what is done to them
  --f NUMBERS         shares of the hosts that are not honest (0.05,0.2)
  --all               every scheme, scenario and share that is not narrowed down above
  --units N           units of the job (100000)
  --hosts N           hosts (one for a thousand units, at least 20)
  --wrong-in N        the author wants at most one wrong answer in N (10000)
  --seed N            another run of chance (1)
  --threads N         cells at a time (one for each core)
  --json              one JSON object { cells } instead of the table
  --save              also keep bench/results/sabotage.json and sabotage.svg
`;

const listOf = (text: string | undefined): string[] | null => (text === undefined ? null : text.split(',').map((word) => word.trim()));

/** A text: what is wrong. */
export function parseOptions(args: readonly string[]): Options | string {
  const parsed = parseRaw(args);
  if (typeof parsed === 'string') return parsed;
  const wholes = { units: 100_000, hosts: null, 'wrong-in': 10_000, seed: 1, threads: null } as Record<string, number | null>;
  for (const name of Object.keys(wholes)) {
    const text = parsed[name];
    if (typeof text !== 'string') continue;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) return `--${name} needs a whole number from 1 on, not "${text}".`;
    wholes[name] = value;
  }
  const fractions = listOf(parsed.f)?.map(Number) ?? null;
  if (fractions?.some((f) => !(f > 0 && f < 1))) return `--f needs numbers between 0 and 1, not "${parsed.f}".`;
  return {
    choice: {
      schemes: listOf(parsed.scheme),
      scenarios: listOf(parsed.scenario),
      fractions,
      all: parsed.all === true,
      units: wholes['units'] as number,
      hosts: wholes['hosts'] as number | null,
      wrongIn: wholes['wrong-in'] as number,
      seed: wholes['seed'] as number,
    },
    json: parsed.json === true,
    save: parsed.save === true,
    help: parsed.help === true,
    threads: wholes['threads'] as number | null,
  };
}

interface Raw extends Readonly<Record<string, string | boolean | undefined>> {
  readonly scheme?: string;
  readonly scenario?: string;
  readonly f?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly save?: boolean;
  readonly help?: boolean;
}

function parseRaw(args: readonly string[]): Raw | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scheme: text,
        scenario: text,
        f: text,
        units: text,
        hosts: text,
        'wrong-in': text,
        seed: text,
        threads: text,
        all: flag,
        json: flag,
        save: flag,
        help: flag,
      },
    });
    return values as Raw;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
