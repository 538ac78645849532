/**
 * One V8 isolate holding one task. Each execution gets a context of its own, made ahead of time by `prepare`, so nothing passes from one to the next.
 * Rules of the boundary (SANDBOX §4-6): asynchronous calls only, so that our thread stays free to stop them; never isolated-vm's `timeout` (it can crash the process);
 * only texts, numbers and ArrayBuffers cross; the task gets plain functions, never a Reference.
 */
import type ivm from 'isolated-vm';
import type { GuestSettings, Reply } from '../guest/bootstrap.ts';
import { TASK_FILE } from '../guest/describe-error.ts';
import type { Post } from '../guest/perform.ts';
import type { PackedExecution } from '../ipc/to-runner.ts';
import type { Engine } from './engine.ts';
import { HEAP_OVERHEAD_MB } from './footprint.ts';
import type { Program } from './program.ts';

interface Prepared {
  readonly context: ivm.Context;
  readonly install: ivm.Reference;
}

export class TaskIsolate {
  readonly #engine: Engine;
  readonly #program: Program;
  readonly #isolate: ivm.Isolate;
  readonly #guest: ivm.Script;
  readonly #bundle: ivm.Script;
  #prepared: Promise<Prepared> | null = null;

  /** Rejects with a SyntaxError when the bundle is no script. `onCatastrophe`: V8 gave up; only the end of the process helps. */
  static async open(engine: Engine, program: Program, onCatastrophe: () => void): Promise<TaskIsolate> {
    const isolate = new engine.Isolate({ memoryLimit: program.limits.memoryMB + HEAP_OVERHEAD_MB, onCatastrophicError: onCatastrophe });
    const guest = await isolate.compileScript(program.guest, { filename: 'manyhands.js' });
    // The value of the bundle's last expression must not reach us.
    const bundle = await isolate.compileScript(`${program.bundle}\n;void 0`, { filename: TASK_FILE });
    return new TaskIsolate(engine, program, isolate, guest, bundle);
  }

  private constructor(engine: Engine, program: Program, isolate: ivm.Isolate, guest: ivm.Script, bundle: ivm.Script) {
    this.#engine = engine;
    this.#program = program;
    this.#isolate = isolate;
    this.#guest = guest;
    this.#bundle = bundle;
  }

  get disposed(): boolean {
    return this.#isolate.isDisposed;
  }

  /** Ends whatever runs: its call rejects within some 10 ms, unless it sits in one of V8's uninterruptible built-ins. */
  dispose(): void {
    if (!this.disposed) this.#isolate.dispose();
  }

  /** Makes the next execution's context. When it resolves, the isolate is also known to be idle. */
  async prepare(): Promise<void> {
    this.#prepared ??= this.#makeContext();
    await this.#prepared;
  }

  /** What is wrong with the bundle, as a reply. */
  inspect(): Promise<Reply> {
    return this.#enter({ seed: '', frozenAt: 0 }, () => {}, ['inspect', '', null, null]);
  }

  compute(execution: PackedExecution, post: Post): Promise<Reply> {
    const { entry, input, output, resume, blobs, blobBytes } = execution;
    const handed = blobs.flatMap((digest, i) => [digest, this.#handOver(blobBytes[i] as ArrayBuffer)]);
    return this.#enter(execution, post, [entry, input, output, resume, ...handed]);
  }

  async #makeContext(): Promise<Prepared> {
    const context = await this.#isolate.createContext();
    const install = (await this.#guest.run(context, { reference: true })) as ivm.Reference;
    return { context, install };
  }

  async #enter(about: { seed: string; frozenAt: number }, post: Post, args: unknown[]): Promise<Reply> {
    await this.prepare();
    const { context, install } = await (this.#prepared as Promise<Prepared>);
    this.#prepared = null;
    let enter: ivm.Reference | null = null;
    try {
      enter = await this.#install(install, about, post);
      await this.#bundle.run(context);
      const reply: unknown = await enter.apply(undefined, args, { result: { promise: true } });
      if (typeof reply !== 'string') throw new Error('the task left its frame: its reply is not a text');
      return reply;
    } finally {
      // Each of them would keep the whole context alive.
      for (const held of [enter, install, context]) if (!this.disposed) held?.release();
    }
  }

  async #install(install: ivm.Reference, { seed, frozenAt }: { seed: string; frozenAt: number }, post: Post): Promise<ivm.Reference> {
    const { limits, math } = this.#program;
    const settings: GuestSettings = { math, memoryMB: limits.memoryMB, outputBytes: limits.outputBytes, seed, frozenAt };
    // A sync callback makes the task wait for us: back-pressure, where an ignored one would queue without bound.
    const callback = new this.#engine.Callback(post, { sync: true });
    return (await install.apply(undefined, [JSON.stringify(settings), callback], { result: { reference: true } })) as ivm.Reference;
  }

  #handOver(bytes: ArrayBuffer): ivm.Copy<ArrayBuffer> {
    return new this.#engine.ExternalCopy(bytes, { transferOut: true }).copyInto({ transferIn: true, release: true });
  }
}
