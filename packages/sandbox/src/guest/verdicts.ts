/** What a task is asked about results of others: is this output right, do these outputs agree. A result that is no value is wrong, and agrees with nothing. */
import { agreesWithin } from '@manyhands/protocol';
import type { Comparison } from '../sandbox.ts';
import { decodeOutput, Refusal, readInput, readOutput } from './intake.ts';
import type { Assignment, Means } from './perform.ts';

export async function checkOutput(assignment: Assignment, means: Means): Promise<string> {
  const check = means.task.verify?.check;
  if (typeof check !== 'function') throw new Refusal('fatal', 'the task has no check: it was not defined with `verify: proof(check)`');
  const input = await readInput(assignment, means);
  const output = await unlessRefused(() => readOutput(assignment.output as string, means));
  return String(output !== null && verdictOf(await check(input, output.value), 'check'));
}

/** A `1` or a `0` for each pair. */
export async function compareOutputs(assignment: Assignment, means: Means): Promise<string> {
  const { agreement, outputs, pairs } = JSON.parse(assignment.output as string) as Comparison;
  const agrees = agreement.kind === 'author' ? authorsAgreement(means) : async (a: string, b: string) => near(a, b, agreement, means);
  let verdicts = '';
  for (const [a, b] of pairs) verdicts += (await agrees(outputs[a] as string, outputs[b] as string)) ? '1' : '0';
  return verdicts;
}

type Agrees = (a: string, b: string) => Promise<boolean>;

/** The order of two outputs decides nothing: it must agree both ways. */
function authorsAgreement(means: Means): Agrees {
  const agree = means.task.verify?.agree;
  if (typeof agree !== 'function')
    throw new Refusal('fatal', 'the task has no comparator: it was not defined with `{ agree: (a, b) => … }`');
  // Read anew for every call: one that sorts its arguments in place must not change what the next one sees.
  const oneWay: Agrees = async (a, b) => {
    const values = await unlessRefused(async () => [await readOutput(a, means), await readOutput(b, means)]);
    return values !== null && verdictOf(await agree(values.value[0], values.value[1]), 'agree');
  };
  return async (a, b) => (await oneWay(a, b)) && (await oneWay(b, a));
}

async function near(a: string, b: string, tolerance: { readonly abs: number; readonly rel: number }, means: Means): Promise<boolean> {
  const values = await unlessRefused(async () => [decodeOutput(a, means), decodeOutput(b, means)] as const);
  return values !== null && agreesWithin(...values.value, tolerance);
}

/** null: what was to be read is no value of the task's outputs. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<{ readonly value: T } | null> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function verdictOf(answer: unknown, name: string): boolean {
  if (typeof answer === 'boolean') return answer;
  const given = answer === undefined ? 'undefined' : answer === null ? 'null' : `a ${typeof answer}`;
  throw new Refusal('output', `${name} returned ${given}; it must return true or false`);
}
