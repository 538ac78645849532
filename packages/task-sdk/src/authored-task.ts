/**
 * `defineTask` as the author's own process sees it. Beside the definition it keeps the file that defined it,
 * so that `grid.map(collatz, …)` knows what to bundle. In the bundle itself stands the bare define-task.ts.
 */
import { fileURLToPath } from 'node:url';
import { getCallSites } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { defineTask as bareDefineTask, type TaskDefinition } from './define-task.ts';

const files = new WeakMap<object, string>();

/** Says what a task is. Put it in a file of its own and `export default` what it returns: that file is sent to volunteers. */
export function defineTask<InputSchema extends StandardSchemaV1, OutputSchema extends StandardSchemaV1>(
  definition: TaskDefinition<InputSchema, OutputSchema>,
): TaskDefinition<InputSchema, OutputSchema> {
  const caller = getCallSites(2)[1]?.scriptName;
  if (caller) files.set(definition, caller.startsWith('file:') ? fileURLToPath(caller) : caller);
  return bareDefineTask(definition);
}

/** The file whose code called `defineTask` with this object; undefined when it did not pass through there. */
export const definingFileOf = (definition: object): string | undefined => files.get(definition);
