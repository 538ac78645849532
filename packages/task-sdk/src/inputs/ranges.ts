/** Inputs that a formula gives: the coordinator stores the formula, not the units, so that a billion of them cost nothing. */
import type { InputSource } from '@manyhands/protocol';
import { SdkError } from '../sdk-error.ts';

/** What a job maps over. Iterables are pulled only as fast as the coordinator takes their values. */
export type Inputs<Input> = Iterable<Input> | AsyncIterable<Input>;

/** Iterating gives the same inputs that the coordinator will hand out. */
export interface FormulaInputs<Input> extends Iterable<Input> {
  readonly source: Exclude<InputSource, { kind: 'stream' }>;
  readonly count: number;
  at(index: number): Input;
}

const formulas = new WeakSet<object>();
export const isFormula = <Input>(inputs: Inputs<Input>): inputs is FormulaInputs<Input> => formulas.has(inputs);

/** `from` (included) to `to` (excluded) in pieces of `step`: unit i computes `{ from, to }` of its piece, the last one perhaps shorter. */
export function ranges(from: number, to: number, step: number): FormulaInputs<{ from: number; to: number }> {
  assertInteger('ranges', { from, to, step });
  if (step < 1 || to <= from)
    throw badFormula(`ranges(${from}, ${to}, ${step}) holds no input`, '`to` must be above `from`, and `step` at least 1');
  const at = (index: number) => ({ from: from + index * step, to: Math.min(from + (index + 1) * step, to) });
  return formula({ kind: 'range', from, to, step }, Math.ceil((to - from) / step), at);
}

/** Unit i computes the number i, for i below `count`. */
export function indices(count: number): FormulaInputs<number> {
  assertInteger('indices', { count });
  if (count < 1) throw badFormula(`indices(${count}) holds no input`, '`count` must be at least 1');
  return formula({ kind: 'index', count }, count, (index) => index);
}

function formula<Input>(source: FormulaInputs<Input>['source'], count: number, at: (index: number) => Input): FormulaInputs<Input> {
  const inputs = {
    source,
    count,
    at,
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index++) yield at(index);
    },
  };
  formulas.add(inputs);
  return inputs;
}

function assertInteger(name: string, numbers: Record<string, number>): void {
  for (const [key, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value)) throw badFormula(`${name}: \`${key}\` is ${value}`, 'it must be a whole number below 2^53');
  }
}

const badFormula = (what: string, rule: string): SdkError => new SdkError('input', `${what}; ${rule}.`);
