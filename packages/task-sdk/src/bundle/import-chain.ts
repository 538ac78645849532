import type { Metafile } from 'esbuild';

/** The shortest way from the task's file to a module that the bundle still wants from outside: `a.task.ts → lib/b.ts → node:fs`. */
export function importChain(metafile: Metafile, entry: string, wanted: string): string[] {
  const cameFrom = new Map<string, string | null>([[entry, null]]);
  for (const [file] of cameFrom) {
    for (const { path } of metafile.inputs[file]?.imports ?? []) {
      if (!cameFrom.has(path)) cameFrom.set(path, file);
    }
  }
  const chain: string[] = [];
  for (let at: string | null | undefined = wanted; at; at = cameFrom.get(at)) chain.unshift(at);
  return chain;
}
