/** What the daemon tells a runner. The runner believes the daemon, so nothing here is checked. */
import type { Digest, TaskLimits } from '@manyhands/protocol';
import type { Execution } from '../sandbox.ts';

/** Comes first, once. Parts: the guest script, the task's bundle. */
export interface OpenTask {
  readonly type: 'open';
  readonly limits: TaskLimits;
  readonly math: 'deterministic' | 'native';
  readonly threads: number;
}
/** Executions to be computed one after the other by one thread, so the first unfinished one is the one under way. Parts: see `packExecution`. */
export interface Compute {
  readonly type: 'compute';
  readonly executions: readonly ExecutionHeader[];
}
export interface Abort {
  readonly type: 'abort';
  readonly key: number;
}
export type ToRunner = OpenTask | Compute | Abort;

export interface ExecutionHeader {
  /** Unique in the life of the runner. */
  readonly key: number;
  readonly entry: Execution['entry']['kind'];
  readonly seed: string;
  readonly frozenAt: number;
  readonly hasResume: boolean;
  readonly blobs: readonly Digest[];
}

/** An execution as it reaches a thread. Blobs are in the order of the header. */
export interface PackedExecution extends ExecutionHeader {
  readonly input: string;
  readonly output: string | null;
  readonly resume: string | null;
  readonly blobBytes: readonly ArrayBuffer[];
}

/** What a verdict is asked about, as the guest reads it (guest/perform.ts); null for `run`. */
export function questionOf(entry: Execution['entry']): string | null {
  if (entry.kind === 'run') return null;
  return entry.kind === 'check' ? entry.output : JSON.stringify(entry.comparison);
}

/** Parts in this order: input, what a verdict is asked about, the last checkpoint if there is one, blobs. */
export function packExecution(key: number, execution: Execution, resume: string | null): { header: ExecutionHeader; parts: Uint8Array[] } {
  const { entry, seed, frozenAt, blobs } = execution;
  const header: ExecutionHeader = { key, entry: entry.kind, seed, frozenAt, hasResume: resume !== null, blobs: [...blobs.keys()] };
  const texts = [execution.input, questionOf(entry), resume].filter((text) => text !== null);
  return { header, parts: [...texts.map((text) => Buffer.from(text)), ...blobs.values()] };
}

export function unpackExecutions(headers: readonly ExecutionHeader[], parts: readonly Uint8Array[]): PackedExecution[] {
  const rest = parts.values();
  const bytes = (): Uint8Array => rest.next().value as Uint8Array;
  const text = (): string => Buffer.from(bytes()).toString('utf8');
  return headers.map((header) => ({
    ...header,
    input: text(),
    output: header.entry === 'run' ? null : text(),
    resume: header.hasResume ? text() : null,
    // Copied out of the frame, to be handed on without copying.
    blobBytes: header.blobs.map(() => new Uint8Array(bytes()).buffer),
  }));
}
