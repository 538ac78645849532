/**
 * Agreement of values that may differ a little. Symmetric by construction, and not transitive: of a chain of neighbours the ends may differ.
 * Runs inside the isolate: imports nothing of Node.
 */
import type { TypedArray, Value } from './value.ts';

export interface Tolerance {
  readonly abs: number;
  /** Share of the larger of the two magnitudes. */
  readonly rel: number;
}

/** Same shape, every two numbers at most `max(abs, rel · max(|a|, |b|))` apart, all else equal. */
export function agreesWithin(a: Value, b: Value, tolerance: Tolerance): boolean {
  if (typeof a === 'number' && typeof b === 'number') return isNear(a, b, tolerance);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (isTyped(a) || isTyped(b)) return isTyped(a) && isTyped(b) && typedAgree(a, b, tolerance);
  if (isList(a) || isList(b)) return isList(a) && isList(b) && listsAgree(a, b, tolerance);
  return objectsAgree(a, b, tolerance);
}

/** Typed arrays may hold NaN, which agrees with itself, and infinities, which are near nothing else: rel · ∞ would cover everything. */
function isNear(a: number, b: number, { abs, rel }: Tolerance): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= Math.max(abs, rel * Math.max(Math.abs(a), Math.abs(b)));
}

const isTyped = (value: object): value is TypedArray => ArrayBuffer.isView(value);
// Array.isArray alone does not narrow a readonly array.
const isList = (value: object): value is readonly Value[] => Array.isArray(value);

function typedAgree(a: TypedArray, b: TypedArray, tolerance: Tolerance): boolean {
  if (a[Symbol.toStringTag] !== b[Symbol.toStringTag] || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!agreesWithin(a[i] as number | bigint, b[i] as number | bigint, tolerance)) return false;
  return true;
}

const listsAgree = (a: readonly Value[], b: readonly Value[], tolerance: Tolerance): boolean =>
  a.length === b.length && a.every((item, i) => agreesWithin(item, b[i] as Value, tolerance));

type PlainObject = { readonly [key: string]: Value };

function objectsAgree(a: PlainObject, b: PlainObject, tolerance: Tolerance): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && agreesWithin(a[key] as Value, b[key] as Value, tolerance));
}
