/** A task's definition as it lies in the bundle's global: whatever its author left there, to be looked at before it is believed. */

/** The part of Standard Schema that running a task needs. */
export interface Schema {
  readonly '~standard': { validate(value: unknown): SchemaResult | Promise<SchemaResult> };
}
export type SchemaResult = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface TaskShape {
  readonly input: Schema;
  readonly output: Schema;
  readonly run: (input: unknown, ctx: unknown) => unknown;
  readonly verify?: {
    readonly check?: (input: unknown, output: unknown) => unknown;
    /** The author's comparator; for other agreements something else, or nothing. */
    readonly agree?: unknown;
  };
}

/** What is wrong with the definition, in words for its author, or null. */
export function problemOf(module: unknown): string | null {
  const definition = (module as { default?: Partial<TaskShape> } | undefined)?.default;
  if (typeof definition !== 'object' || definition === null)
    return 'the bundle has no task: its module must `export default defineTask({ … })`';
  if (typeof definition.run !== 'function') return 'the task has no function `run(input, ctx)`';
  for (const name of ['input', 'output'] as const) {
    if (typeof definition[name]?.['~standard']?.validate !== 'function') {
      return `the task's \`${name}\` is no schema; use zod or any other Standard Schema library`;
    }
  }
  return null;
}
