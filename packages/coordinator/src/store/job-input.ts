/** The inputs of jobs that store none: a unit's input follows from its index. */
import type { InputSource, Payload } from '@manyhands/protocol';
import { contradiction, type StoreError } from '../disk/store-error.ts';

/** How many units the source has; null for a stream, whose chunks must be counted. */
export function computedUnitCount(source: InputSource): number | null {
  if (source.kind === 'stream') return null;
  return source.kind === 'index' ? source.count : Math.max(0, Math.ceil((source.to - source.from) / source.step));
}

/** The input of unit `index` as canonical JSON text; null for a stream. The index must exist. */
export function computedInput(source: InputSource, index: number): Payload | null {
  if (source.kind === 'stream') return null;
  if (source.kind === 'index') return String(index);
  const from = source.from + index * source.step;
  return `{"from":${from},"to":${Math.min(from + source.step, source.to)}}`;
}

export const missingInput = (unit: string): StoreError =>
  contradiction(`unit ${unit} was asked for its input, and its job has no such unit`);
