/** A worker that has joined a fake coordinator, in this very process. */
import { createDirectSandbox, type Sandbox } from '@manyhands/sandbox';
import { type Logger, pino } from 'pino';
import type { WorkerConfig } from '../src/app/config.ts';
import type { WorkerEvent } from '../src/app/events.ts';
import { prepareJoin } from '../src/app/join.ts';
import { startWorker } from '../src/app/worker.ts';
import type { Worker } from '../src/app/worker-life.ts';
import type { FakeCoordinator } from './fake-coordinator.ts';

export interface Volunteer extends AsyncDisposable {
  readonly worker: Worker;
  readonly events: WorkerEvent[];
  /** Everything that was logged. */
  readonly log: () => string;
}

export interface VolunteerOptions extends Partial<WorkerConfig> {
  readonly sandbox?: Sandbox;
}

export async function join(coordinator: FakeCoordinator, dataDir: string): Promise<void> {
  await (await prepareJoin({ url: coordinator.url, dataDir })).confirm();
}

/** The data folder must have joined. Stopped when it is disposed of, unless it has ended by then. */
export async function startVolunteer(dataDir: string, { sandbox, ...config }: VolunteerOptions = {}): Promise<Volunteer> {
  const events: WorkerEvent[] = [];
  const lines: string[] = [];
  const logger: Logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const worker = await startWorker(
    { dataDir, threads: 2, stopGraceMs: 0, ...config },
    {
      onEvent: (event) => events.push(event),
      logger,
      openSandbox: async () => sandbox ?? createDirectSandbox(),
      measureGflops: async () => 2.5,
    },
  );
  return {
    worker,
    events,
    log: () => lines.join(''),
    async [Symbol.asyncDispose]() {
      await worker.stop();
    },
  };
}
