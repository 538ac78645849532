/** The runner's task threads. Knows which executions are under way, so that memory trouble can be pinned on one, or on none. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina as PiscinaPool } from 'piscina';
import type { PackedExecution } from '../ipc/to-runner.ts';
import type { ThreadSetup } from './program.ts';
import type { Batch, ThreadOrder, ThreadReport } from './thread-messages.ts';

type PiscinaType = new (options: ConstructorParameters<typeof PiscinaPool>[0]) => PiscinaPool;

interface SentBatch {
  readonly port: MessagePort;
  /** Keys not done yet, in order: the first one is the next to be computed, or is being computed. */
  readonly keys: number[];
}

export interface PoolOptions {
  readonly setup: ThreadSetup;
  readonly onReport: (report: ThreadReport) => void;
  /** A thread is gone: nothing can be said about its executions any more. */
  readonly onBroken: (error: unknown) => void;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #piscina: PiscinaPool;
  /** One for each thread at most. */
  readonly #batches = new Set<SentBatch>();

  constructor(Piscina: PiscinaType, threadFile: string, options: PoolOptions) {
    this.#options = options;
    const { threads } = options.setup;
    this.#piscina = new Piscina({
      filename: threadFile,
      minThreads: threads,
      maxThreads: threads,
      workerData: options.setup,
      // An idle thread must not sleep in Atomics.wait: it makes the next context ready meanwhile.
      atomics: 'disabled',
      // `execArgv` stays unset: threads then inherit the permission model; any list of their own would switch it off (SANDBOX §2).
    });
  }

  /** Keys of the executions that threads compute at this moment. */
  get underWay(): number[] {
    return [...this.#batches].flatMap(({ keys }) => keys.slice(0, 1));
  }

  /** What is wrong with the bundle, or null. Asks every thread, so that all are warm afterwards. */
  async inspect(): Promise<string | null> {
    const each = Array.from({ length: this.#options.setup.threads }, () => this.#piscina.run(undefined, { name: 'inspect' }));
    const problems = (await Promise.all(each)) as (string | null)[];
    return problems.find((problem) => problem !== null) ?? null;
  }

  compute(executions: readonly PackedExecution[]): void {
    const { port1, port2 } = new MessageChannel();
    const batch: SentBatch = { port: port1, keys: executions.map(({ key }) => key) };
    this.#batches.add(batch);
    port1.on('message', (report: ThreadReport) => {
      if (report.type === 'done') this.#settle(batch, report.key);
      this.#options.onReport(report);
    });
    const task: Batch = { executions, port: port2 };
    const transferList = [port2, ...executions.flatMap(({ blobBytes }) => blobBytes)];
    this.#piscina.run(task, { name: 'compute', transferList: transferList as never }).catch(this.#options.onBroken);
  }

  abort(key: number): void {
    for (const { port, keys } of this.#batches) if (keys.includes(key)) port.postMessage({ type: 'abort', key } satisfies ThreadOrder);
  }

  #settle(batch: SentBatch, key: number): void {
    batch.keys.splice(batch.keys.indexOf(key), 1);
    if (batch.keys.length === 0) this.#batches.delete(batch);
  }
}
