/**
 * The script that every fresh context runs first. Its last expression is `install`: called once by the host, it furnishes the globals and gives
 * back `enter`, which the host calls when the task's bundle has run. Only texts, numbers and ArrayBuffers cross.
 */
import { describeError } from './describe-error.ts';
import { furnish } from './globals.ts';
import { type Assignment, type Performance, type Post, perform } from './perform.ts';
import { createRandom } from './random.ts';
import { problemOf, type TaskShape } from './task-shape.ts';

/** Left by the task's bundle; a free name, so that `const` and `var` are found alike. */
declare const manyhandsTask: unknown;

export interface GuestSettings {
  readonly math: 'deterministic' | 'native';
  readonly memoryMB: number;
  readonly outputBytes: number;
  readonly seed: string;
  readonly frozenAt: number;
}
/** A performance as one text: `ok` or the error's kind, a line feed, and the output or the message. */
export type Reply = string;
export type Enter = (
  entry: 'inspect' | Assignment['entry'],
  input: string,
  output: string | null,
  resume: string | null,
  ...blobs: (string | ArrayBuffer)[]
) => Reply | Promise<Reply>;

export function install(settingsText: string, post: Post): Enter {
  const settings = JSON.parse(settingsText) as GuestSettings;
  const random = createRandom(settings.seed);
  furnish(globalThis, { ...settings, random });
  return (entry, input, output, resume, ...blobs) => {
    const module = typeof manyhandsTask === 'undefined' ? undefined : manyhandsTask;
    if (entry === 'inspect') return inspect(module);
    const task = (module as { default: TaskShape }).default;
    const held = new Map<string, Uint8Array>();
    for (let i = 0; i < blobs.length; i += 2) held.set(blobs[i] as string, new Uint8Array(blobs[i + 1] as ArrayBuffer));
    const means = { task, outputBytes: settings.outputBytes, random, post, blob: (digest: string) => held.get(digest) };
    return perform({ entry, input, output, resume }, means).then(replyOf);
  };
}

function inspect(module: unknown): Reply {
  try {
    const problem = problemOf(module);
    return problem === null ? 'ok\n' : `output\n${problem}`;
  } catch (error) {
    return `output\nthe task's definition cannot be read: ${describeError(error)}`;
  }
}

const replyOf = (performance: Performance): Reply =>
  performance.status === 'ok' ? `ok\n${performance.output}` : `${performance.kind}\n${performance.message}`;
