/** Turns what came over the network, or from the engine, into what a handler may rely on; refuses the rest. */
import type * as z from 'zod';
import type { Outcome } from '../engine/coordinator.ts';
import { Refusal } from './refusal.ts';

/** `what` names the thing for the author: `the body`, `the query`. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = issues[0];
  throw new Refusal(
    'bad-request',
    `${what} is not as it should be: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'invalid'}`,
    issues,
  );
}

/** The value of an engine's answer; its refusal becomes ours. */
export function granted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Refusal(outcome.code, outcome.message);
}

export function found<T>(value: T | null, message: string): T {
  if (value === null) throw new Refusal('not-found', message);
  return value;
}
