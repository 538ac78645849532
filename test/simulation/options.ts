/** The command line of `npm run simulate`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  readonly from: number;
  readonly seeds: number;
  /** Threads. */
  readonly jobs: number;
  /** Everything that happens, line by line. */
  readonly isVerbose: boolean;
  /** One JSON object at the end instead of words. */
  readonly isJson: boolean;
  /** Keep the figures in test/results. */
  readonly isSaved: boolean;
  /** Plant every mutant in turn, and see after how many seeds it is found. */
  readonly withMutants: boolean;
  /** First seeds that each is looked for from. */
  readonly hunts: number;
  readonly isHelp: boolean;
}

export const USAGE = `npm run simulate -- [options]: whole worlds of hosts, authors and a coordinator that dies, in virtual time
  --seeds N     so many worlds (1000)
  --from S      the first of them (1)
  --seed X      this one alone
  --jobs J      so many at a time (one for each core)
  --verbose     print everything that happens in it
  --mutants     also plant defects, one after the other, and count the worlds that it takes to find each
  --hunts H     look for each from so many first seeds on, 1 to 3 (3)
  --json        end with one line of JSON: { seeds, violations, simulatedWorkerYears, mutantsFound, mutantsPlanted }
  --save        keep the figures in test/results, for the documents (npm run guarantees)
  --help        print this

The exit code is 1 if an invariant was violated, or a mutant was not found.
`;

/** A text: what is wrong. */
export function parseOptions(args: readonly string[]): Options | string {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: text,
        from: text,
        seed: text,
        jobs: text,
        hunts: text,
        verbose: flag,
        mutants: flag,
        json: flag,
        save: flag,
        help: flag,
      },
    });
    const [seeds, from, seed] = [wholeIn('seeds', values.seeds, 1), wholeIn('from', values.from, 0), wholeIn('seed', values.seed, 0)];
    return {
      from: seed ?? from ?? 1,
      seeds: seed === null ? (seeds ?? 1_000) : 1,
      // What is printed line by line is one world's.
      jobs: values.verbose ? 1 : (wholeIn('jobs', values.jobs, 1) ?? availableParallelism()),
      isVerbose: values.verbose,
      isJson: values.json,
      isSaved: values.save,
      withMutants: values.mutants,
      hunts: wholeIn('hunts', values.hunts, 1) ?? 3,
      isHelp: values.help,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** null: it was not given. */
function wholeIn(name: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} needs a whole number from ${least} on, not "${text}".`);
  return value;
}
