/** The parts list of a coordinator, read from top to bottom; they are put away in the opposite order. */
import { digestOf } from '@manyhands/identity';
import { openIsolateSandbox } from '@manyhands/sandbox';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { openFsBlobStore } from '../blobs/fs-blob-store.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { createCoordinator } from '../engine/create-coordinator.ts';
import { ENGINE_LIMITS } from '../engine/engine-limits.ts';
import type { ProjectFacts } from '../http/board.ts';
import type { HttpLimits } from '../http/http-limits.ts';
import { createHttpServer } from '../http/http-server.ts';
import { SandboxJudge } from '../judge/sandbox-judge.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ReadStore } from '../ports/read-store.ts';
import type { Store } from '../ports/store.ts';
import { createMemoryStore } from '../store/memory/create-memory-store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { Gateway } from '../ws/gateway.ts';
import type { CoordinatorConfig } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import type { AppEvents } from './events.ts';
import { LoadMeter } from './load-meter.ts';
import { affordableConnections } from './open-files.ts';
import { openProjectSecrets, type ProjectSecrets } from './project-secrets.ts';
import { createRandomEntropy } from './random-entropy.ts';
import { createReadiness } from './readiness.ts';
import { SOFTWARE } from './software.ts';
import { createSteadyClock } from './steady-clock.ts';
import { systemClock } from './system-clock.ts';
import { createTrust } from './trusted-proxies.ts';

export interface Parts extends AsyncDisposable {
  readonly store: Store & ReadStore;
  readonly secrets: ProjectSecrets;
  readonly authorFile: string;
  readonly coordinator: Coordinator;
  /** Not listening yet. */
  readonly http: FastifyInstance;
}

export interface Surroundings {
  readonly log: Logger;
  readonly events: AppEvents;
  /** The store cannot be trusted any more: this process must end. */
  readonly onBroken: (error: unknown) => void;
}

/** Everything but the open port. Throws AppError or StoreError; then nothing is left open. */
export async function compose(config: CoordinatorConfig, { log, events, onBroken }: Surroundings): Promise<Parts> {
  await using opened = new AsyncDisposableStack();
  const entropy = createRandomEntropy();
  const stopping = new AbortController();

  const folder = await openDataFolder(config.data);
  const store = opened.use(config.store === 'memory' ? createMemoryStore() : await openSqliteStore(folder.path));
  const clock = createSteadyClock(systemClock, { notBefore: await lastMoment(store, config), onBehind: events.clockBehind });
  const secrets = await openProjectSecrets(folder);
  const blobs = await openFsBlobStore(folder.blobs);

  const judge = opened.use(createJudge(config, store, blobs));
  const limits = config.engine;
  const coordinator = createCoordinator({ store, blobs, judge, clock, entropy, digestText: digestOf, logger: log, limits, onBroken });

  const load = opened.use(
    new LoadMeter({ clock, limits: config.load, queued: () => coordinator.figures().queued, onChange: events.strainChanged }),
  );
  const trustsProxy = createTrust(config.trustProxy);

  const http = await createHttpServer(
    {
      coordinator,
      reads: store,
      store,
      blobs,
      clock,
      project: projectFacts(config, secrets),
      adminTokenHash: secrets.adminTokenHash,
      certify: secrets.certify,
      unreadiness: createReadiness({ store, clock, stopping: stopping.signal }),
      events,
      load,
      limits: affordable(config.http),
      bounds: limits,
      publicUrl: config.publicUrl,
      trustsProxy,
    },
    log,
  );
  opened.defer(() => http.close());

  const { random } = entropy;
  const gatewayPorts = { coordinator, clock, random, load, events, trustsProxy };
  opened.use(new Gateway({ ...gatewayPorts, server: http.server, projectKey: secrets.publicKey, limits: config.ws }));

  await coordinator.start();
  // First of all to be put away: what was decided is made durable and told, while everybody can still hear it (CQ8).
  opened.defer(async () => {
    stopping.abort();
    await coordinator.stop();
  });
  const resources = opened.move();
  return { store, secrets, authorFile: folder.author, coordinator, http, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** What connections take must be left for the store, whatever was configured. */
const affordable = (limits: HttpLimits): HttpLimits => ({
  ...limits,
  connections: Math.min(limits.connections, affordableConnections() ?? limits.connections),
});

/** What is on record may be as much later than the last sign of life as two of them are apart. null: nothing is. */
async function lastMoment(store: Store, { engine }: CoordinatorConfig): Promise<number | null> {
  const aliveAt = await store.lastAliveAt();
  return aliveAt === null ? null : aliveAt + (engine.keepAliveMs ?? ENGINE_LIMITS.keepAliveMs);
}

const createJudge = ({ checks }: CoordinatorConfig, store: Store, blobs: BlobStore): SandboxJudge =>
  new SandboxJudge({
    openSandbox: () => openIsolateSandbox({ threads: checks }),
    loadTask: (id) => store.loadTask(id),
    blobs,
    concurrency: checks,
    runners: 4,
  });

const projectFacts = ({ name, description, operator }: CoordinatorConfig, { publicKey }: ProjectSecrets): ProjectFacts => ({
  name,
  description,
  operator,
  projectKey: publicKey,
  software: SOFTWARE,
});
