/** Maps the task over a range of exponents and tells of every prime as soon as two volunteers agree on it. */
import { parseArgs } from 'node:util';
import { connect, ranges, SdkError } from '@manyhands/task-sdk';
import { type Comparison, compare } from './comparison.ts';
import mersenne, { type Tested } from './mersenne.task.ts';

const USAGE = `Usage: node --conditions=source examples/mersenne/src/submit.ts [options]
  --url URL       the coordinator (else MANYHANDS_URL, else the author file's)
  --author FILE   your author file (else MANYHANDS_AUTHOR, else the config folder's)
  --from P        the first exponent (2)
  --to P          the last exponent, not included (5000)
  --step N        exponents in one unit (50)`;

async function submit(
  choice: { url?: string; authorFile?: string },
  range: { from: number; to: number; step: number },
): Promise<Comparison> {
  const { from, to, step } = range;
  await using grid = await connect(choice);
  // Named, so that running the same command again goes on with the same job.
  const job = grid.map(mersenne, ranges(from, to, step), {
    title: `Mersenne exponents ${from} to ${to}`,
    key: `mersenne-${mersenne.version}-${from}-${to}-${step}`,
  });
  console.log(`Watch it at ${await job.url}`);
  const tested: Tested[] = [];
  for await (const result of job) {
    if (result.status !== 'ok') throw new Error(`Unit ${result.index} has no believed result: ${describe(result)}`);
    tested.push(...result.output.tested);
    for (const { exponent, isPrime } of result.output.tested) if (isPrime) console.log(`2^${exponent} - 1 is prime (${voices(result)})`);
  }
  return compare(tested, from, to);
}

const describe = (result: { status: string; error?: { message: string } }): string => result.error?.message ?? result.status;
const voices = ({ verifiedBy }: { verifiedBy: readonly { name: string | null; account: string }[] }): string =>
  `say ${verifiedBy.map(({ name, account }) => name ?? account).join(' and ')}`;

function conclusion({ found, missing, unknown }: Comparison): string {
  if (missing.length + unknown.length === 0) return `Found exactly the ${found.length} Mersenne primes known in this range.`;
  return `Not what is known: missing ${missing.join(', ') || 'none'}, unknown ${unknown.join(', ') || 'none'}.`;
}

try {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { url: text, author: text, from: text, to: text, step: text, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(USAGE);
  } else {
    const { url, author, from = '2', to = '5000', step = '50' } = values;
    const choice = { ...(url !== undefined && { url }), ...(author !== undefined && { authorFile: author }) };
    const comparison = await submit(choice, { from: Number(from), to: Number(to), step: Number(step) });
    console.log(conclusion(comparison));
    if (comparison.missing.length + comparison.unknown.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof SdkError ? error.message : `${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 1;
}
