/** From a task, in whichever form the author names it, to the bundle and manifest that can be published. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskManifest } from '@manyhands/protocol';
import { definingFileOf } from '../authored-task.ts';
import { SdkError } from '../sdk-error.ts';
import type { AnyTask, TaskFile } from '../task-types.ts';
import { bundleTask } from './bundle-task.ts';
import { readDefinition } from './read-definition.ts';
import { taskManifest } from './task-manifest.ts';

export interface PackedTask {
  readonly file: string;
  readonly definition: AnyTask;
  readonly bundle: string;
  readonly manifest: TaskManifest;
}

/** Throws SdkError `task`. */
export async function packTask(task: AnyTask | TaskFile): Promise<PackedTask> {
  const file = isTaskFile(task) ? pathOf(task) : definingFile(task);
  const deterministic = await bundleTask(file, 'deterministic');
  const bundled = readDefinition(deterministic, file);
  const bundle = bundled.math === 'native' ? await bundleTask(file, 'native') : deterministic;
  const manifest = taskManifest(bundled, bundle, file);
  if (isTaskFile(task)) return { file, definition: bundled, bundle, manifest };
  if (task.name !== bundled.name || task.version !== bundled.version) throw notTheExport(task, file);
  return { file, definition: task, bundle, manifest };
}

const isTaskFile = (task: AnyTask | TaskFile): task is TaskFile => typeof task === 'string' || task instanceof URL || 'file' in task;

function pathOf(task: TaskFile): string {
  const file = typeof task === 'string' || task instanceof URL ? task : task.file;
  if (file instanceof URL || file.startsWith('file:')) return fileURLToPath(file);
  return resolve(file);
}

function definingFile(task: AnyTask): string {
  const file = definingFileOf(task);
  if (file !== undefined) return file;
  throw new SdkError(
    'task',
    `The file that defines the task "${task.name}" is not known, so it cannot be bundled: the object did not come straight from defineTask. ` +
      `Name the file instead: grid.map<typeof task>(new URL('./task.ts', import.meta.url), …).`,
  );
}

function notTheExport(task: AnyTask, file: string): SdkError {
  return new SdkError(
    'task',
    `The task "${task.name}" ${task.version} was defined in ${file}, but that file's default export is another task. ` +
      `Give each task a file of its own and \`export default\` it.`,
  );
}
