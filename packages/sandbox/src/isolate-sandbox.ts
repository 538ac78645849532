/** The real sandbox: one locked-down child process per task, with as many threads as asked for. */

import { availableParallelism } from 'node:os';
import { detectLayers } from './confinement/detect-layers.ts';
import type { Command, Layer } from './confinement/layer.ts';
import { findEngineBinary } from './engine-binary.ts';
import { loadGuestScript } from './guest-script.ts';
import { type Logger, SILENT } from './logger.ts';
import { RunnerClient } from './runner-client.ts';
import { runnerCommand } from './runner-command.ts';
import { startRunnerProcess } from './runner-process.ts';
import type { Runner, Sandbox, SandboxTask } from './sandbox.ts';

export interface IsolateSandboxOptions {
  /** Executions that a runner computes at the same time. */
  readonly threads: number;
  readonly logger?: Logger;
  /** `auto` (default): every layer of the operating system that works here. `none`: only what Node and V8 give. */
  readonly confinement?: 'auto' | 'none' | readonly Layer[];
}

/** The layers that are always there. */
const OWN_LAYERS = ['isolate', 'child process', 'node permissions', 'lowest priority'];
const MB = 1024 * 1024;
/** Checkpoints (16 Mi UTF-16 units, at most three bytes each) and headers. */
const FRAME_MARGIN_BYTES = 49 * MB;

/** isolated-vm computes on its own threads, one more than there are cores. */
const MAX_THREADS = availableParallelism() + 1;

/** Rejects with a message for people when this machine cannot run isolates. */
export async function openIsolateSandbox({ threads, logger = SILENT, confinement = 'auto' }: IsolateSandboxOptions): Promise<Sandbox> {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new RangeError(`${threads} threads; this machine's runners may have 1 to ${MAX_THREADS}`);
  }
  const bare = runnerCommand(findEngineBinary());
  const layers = confinement === 'auto' ? await detectLayers(bare.file) : confinement === 'none' ? [] : confinement;
  const command = layers.reduceRight((inner, layer) => layer.wrap(inner), bare);
  const guest = Buffer.from(await loadGuestScript());
  return new IsolateSandbox([...OWN_LAYERS, ...layers.map(({ name }) => name)], (task) =>
    openClient(task, { command, guest, threads, logger }),
  );
}

function openClient(task: SandboxTask, about: { command: Command; guest: Buffer; threads: number; logger: Logger }): Promise<RunnerClient> {
  const { limits, math, bundle } = task;
  const { command, guest, threads, logger } = about;
  return RunnerClient.open({
    limits,
    threads,
    logger,
    start: (onReport) => {
      const child = startRunnerProcess(command, { frameLimitBytes: limits.outputBytes + FRAME_MARGIN_BYTES, onReport });
      child.send({ type: 'open', limits, math, threads }, [guest, Buffer.from(bundle)]);
      return child;
    },
  });
}

interface SharedClient {
  readonly client: Promise<RunnerClient>;
  holders: number;
}

/** Several holders of one task share its child; it ends with the last of them. */
class IsolateSandbox implements Sandbox {
  readonly layers: readonly string[];
  readonly #open: (task: SandboxTask) => Promise<RunnerClient>;
  readonly #shared = new Map<string, SharedClient>();
  #closed = false;

  constructor(layers: readonly string[], open: (task: SandboxTask) => Promise<RunnerClient>) {
    this.layers = layers;
    this.#open = open;
  }

  async openRunner(task: SandboxTask): Promise<Runner> {
    if (this.#closed) throw new Error(`task ${task.id}: the sandbox is closed`);
    const shared = this.#shared.get(task.id) ?? { client: this.#open(task), holders: 0 };
    this.#shared.set(task.id, shared);
    shared.holders++;
    try {
      return this.#handle(task.id, shared, await shared.client);
    } catch (error) {
      this.#forget(task.id, shared);
      throw new Error(`task ${task.id}: ${(error as Error).message}`, { cause: error });
    }
  }

  #handle(id: string, shared: SharedClient, client: RunnerClient): Runner {
    const closing = new AbortController();
    return {
      run: (execution, events, signal) =>
        client.run(execution, events, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal),
      pause: () => client.pause(),
      resume: () => client.resume(),
      [Symbol.asyncDispose]: async () => {
        if (closing.signal.aborted) return;
        closing.abort();
        if (--shared.holders > 0) return;
        this.#forget(id, shared);
        await client[Symbol.asyncDispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const clients = await Promise.allSettled([...this.#shared.values()].map(({ client }) => client));
    this.#shared.clear();
    await Promise.all(clients.map((opened) => (opened.status === 'fulfilled' ? opened.value[Symbol.asyncDispose]() : undefined)));
  }

  #forget(id: string, shared: SharedClient): void {
    if (this.#shared.get(id) === shared) this.#shared.delete(id);
  }
}
