/** A job of squares, a real coordinator, and real daemons that reach it over whatever network a test puts between. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoordinatorSettings, FsckReport } from '@manyhands/coordinator';
import type { ResultRow } from '@manyhands/protocol';
import { createDirectSandbox } from '@manyhands/sandbox';
import { prepareJoin, startWorker, type Worker, type WorkerEvent } from '@manyhands/worker';
import { bundleOf } from '../../packages/worker/test/fake-project.ts';
import { NetworkCoordinator } from './network-coordinator.ts';

const UNITS = 200;
/** None ends by itself: two volunteers who let one end are too few for its unit from then on (I11). */
const LEASE_MS = 60_000;
/** No more than the quorum needs: the commonest small project, where nobody can stand in for anybody. */
const AS_MANY_AS_NEEDED = 2;
/** Long enough that a fault falls among units, not behind the last. */
const UNIT_MS = 15;
const SQUARE = bundleOf(`await new Promise((resolve) => setTimeout(resolve, ${UNIT_MS})); return input * input;`);

/** As at home, only sooner: what takes half a minute there takes half a second here. */
const HASTY: CoordinatorSettings = {
  ws: { pingMs: 400, helloMs: 1_500 },
  engine: { retryAfterMs: 200, sweepMs: 200, heartbeatMs: 500 },
};

/** What stands between one daemon and the coordinator. */
export interface Network extends AsyncDisposable {
  readonly url: string;
}

export interface Daemon {
  readonly worker: Worker;
  readonly events: readonly WorkerEvent[];
}

export interface Outcome {
  readonly daemons: readonly Daemon[];
  readonly report: FsckReport;
  /** Log lines that should not be there. */
  readonly failures: readonly string[];
  readonly indices: readonly number[];
  readonly wrong: readonly ResultRow[];
}

export const EVERY_UNIT_ONCE = Array.from({ length: UNITS }, (_, i) => i);

/** A network is opened towards the coordinator for each daemon, and closed when the job has ended; null: nothing stands between. */
export async function playJob(
  openNetwork: (url: string, no: number) => Promise<Network | null>,
  volunteers = AS_MANY_AS_NEEDED,
): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const coordinator = stack.use(await NetworkCoordinator.open(HASTY));
  const task = await coordinator.author.publish(SQUARE, { kind: 'quorum', k: 2, agree: { kind: 'exact' } });
  const job = await coordinator.author.create(task, { inputs: { kind: 'index', count: UNITS }, leaseMs: LEASE_MS });
  const daemons: Daemon[] = [];
  for (let no = 0; no < volunteers; no++) {
    const network = stack.use(await openNetwork(coordinator.url, no));
    daemons.push(await startDaemon(stack, coordinator.joinUrl.replace(coordinator.url, network?.url ?? coordinator.url)));
  }
  const rows: ResultRow[] = [];
  for await (const row of coordinator.author.follow(job.id)) rows.push(row);
  await Promise.all(daemons.map(({ worker }) => worker.stop()));
  const failures = await coordinator.close();
  const wrong = rows.filter(({ index, status, output }) => status !== 'ok' || output !== String(index ** 2));
  return { daemons, report: coordinator.fsck(), failures, indices: rows.map(({ index }) => index).sort((a, b) => a - b), wrong };
}

async function startDaemon(stack: AsyncDisposableStack, url: string): Promise<Daemon> {
  const dataDir = await mkdtemp(join(tmpdir(), 'manyhands-network-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  await insist(async () => (await prepareJoin({ url, dataDir })).confirm());
  const events: WorkerEvent[] = [];
  const worker = await startWorker(
    { dataDir, threads: 2, stopGraceMs: 0, logLevel: 'silent' },
    {
      onEvent: (event) => events.push(event),
      openSandbox: async () => createDirectSandbox(),
      measureGflops: async () => 2.5,
    },
  );
  stack.defer(async () => void (await worker.stop()));
  return { worker, events };
}

/** A volunteer whose network broke off while joining tries again. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      return void (await work());
    } catch (error) {
      if (attempt === 9) throw error;
    }
  }
}
