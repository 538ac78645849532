/** What follows from a task's definition for the types of its inputs and outputs, as its author sees them. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TaskDefinition } from './define-task.ts';

/** Any task at all. `any`, since a definition's `run` both takes and gives what its schemas say. */
// biome-ignore lint/suspicious/noExplicitAny: the two schemas are invariant
export type AnyTask = TaskDefinition<any, any>;

type SchemasOf<Task> = Task extends TaskDefinition<infer Input, infer Output> ? { input: Input; output: Output } : never;

/** What `map` takes for each unit: the value before the schema's transforms. `run` sees it after them. */
export type InputOf<Task extends AnyTask> = StandardSchemaV1.InferInput<SchemasOf<Task>['input']>;
/** What comes back for each unit: what `run` returned, after the output schema's transforms. */
export type OutputOf<Task extends AnyTask> = StandardSchemaV1.InferOutput<SchemasOf<Task>['output']>;

/** A task named by its file: a path, a `file:` URL, or `{ file }`. */
export type TaskFile = string | URL | { readonly file: string | URL };
