/** Tasks, executions and outcomes in few words, for every test of a sandbox. */
import { decodeValue, encodeValue, type Value } from '@manyhands/protocol';
import type { Execution, ExecutionOutcome, SandboxTask } from '../sandbox.ts';

/** A Standard Schema in a bundle's source that takes everything. */
export const ANYTHING = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;

/** A bundle with one task; `definition` is the source of its members beside the schemas. */
export const bundleOf = (definition: string): string =>
  `var manyhandsTask = { default: { input: ${ANYTHING}, output: ${ANYTHING}, ${definition} } };`;

export function taskOf(
  bundle: string,
  changes: Partial<Omit<SandboxTask, 'limits'>> & { limits?: Partial<SandboxTask['limits']> } = {},
): SandboxTask {
  const limits = { memoryMB: 64, timeoutMs: 10_000, outputBytes: 10_000, ...changes.limits };
  return { id: 'sha256:test', math: 'deterministic', ...changes, bundle, limits };
}

let executions = 0;
export function executionOf(input: Value, changes: Partial<Execution> = {}): Execution {
  const id = `execution-${++executions}`;
  return { id, entry: { kind: 'run' }, input: encodeValue(input), blobs: new Map(), seed: 'seed', frozenAt: 0, resume: null, ...changes };
}

/** The value of an ok outcome; anything else fails the test. */
export function resultOf(outcome: ExecutionOutcome): Value {
  if (outcome.status !== 'ok') throw new Error(`expected a result, got ${JSON.stringify(outcome)}`);
  return decodeValue(outcome.output);
}
