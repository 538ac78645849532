/** Starts one worker on one data folder: checks first, then opens, then runs. */
import { openIsolateSandbox, type Sandbox } from '@manyhands/sandbox';
import type { Logger } from 'pino';
import { ControlServer } from '../control/control-server.ts';
import { WorkerError, type WorkerErrorCode } from '../domain/worker-error.ts';
import { type DataFolder, openDataFolder } from '../host/data-folder.ts';
import { measureGflops } from '../host/gflops.ts';
import { openIdentity } from '../host/identity-files.ts';
import { engineClass } from '../host/machine.ts';
import { type Membership, readMembership } from '../host/membership.ts';
import { parseProjectUrl } from '../host/project-url.ts';
import { openSpeedRecord } from '../host/speed-record.ts';
import { systemClock } from '../host/system-clock.ts';
import { compose } from './compose.ts';
import { type ParsedWorkerConfig, type WorkerConfig, workerConfigSchema } from './config.ts';
import type { OnWorkerEvent } from './events.ts';
import { createLogger } from './logger.ts';
import { type Worker, WorkerLife } from './worker-life.ts';

export interface WorkerOptions {
  readonly onEvent?: OnWorkerEvent;
  /** Default: standard error, at the configured level. */
  readonly logger?: Logger;
  /** Default: the isolate sandbox. */
  readonly openSandbox?: (options: { threads: number; logger: Logger }) => Promise<Sandbox>;
  /** Default: a third of a second of arithmetic, when what was measured before is too old. */
  readonly measureGflops?: () => Promise<number>;
}

/**
 * Starts a worker on a data folder that has joined a project. While the coordinator is out of reach it keeps trying.
 * Rejects with WorkerError: `usage`, `data-folder`, `not-joined`, `already-running`, `sandbox`, `disk`.
 */
export async function startWorker(config: WorkerConfig, options: WorkerOptions = {}): Promise<Worker> {
  const parsed = parseConfig(config);
  const folder = await openDataFolder(parsed.dataDir);
  const membership = await consented(folder);
  const { base } = parseProjectUrl(parsed.url ?? membership.url, parsed.allowPlainHttp);
  const logger = options.logger ?? createLogger(parsed.logLevel);
  await using resources = new AsyncDisposableStack();
  const control = resources.use(await ControlServer.open(folder.root));
  const identity = await openIdentity(folder);
  const gflops = await knownSpeed(folder, options);
  const sandbox = await openSandbox(parsed, options, logger);
  const life = new WorkerLife({
    membership,
    base,
    displayName: parsed.displayName,
    team: parsed.team,
    gflops,
    layers: sandbox.layers,
    log: logger,
    onEvent: options.onEvent,
  });
  const onTaskAccepted = life.onTaskAccepted.bind(life);
  const composed = resources.use(
    await compose({
      config: parsed,
      base,
      folder,
      membership,
      identity,
      gflops,
      sandbox,
      log: logger,
      observer: life,
      onTaskAccepted,
    }).catch(failedWith('disk', 'What the data folder holds cannot be opened')),
  );
  return life.begin(composed.loop, control, resources.move());
}

function parseConfig(config: WorkerConfig): ParsedWorkerConfig {
  const parsed = workerConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new WorkerError('usage', `The configuration is wrong at "${issue?.path.join('.')}": ${issue?.message}.`);
}

/** No code runs before somebody agreed to it (WK1). */
async function consented(folder: DataFolder): Promise<Membership> {
  const membership = await readMembership(folder);
  if (membership !== null) return membership;
  throw new WorkerError(
    'not-joined',
    `Nobody has agreed yet to run a project's code with ${folder.root}. Run "manyhands join URL" first: it shows what would run, and asks.`,
  );
}

/** GFLOPS of one core; nothing else of ours computes yet. */
async function knownSpeed(folder: DataFolder, options: WorkerOptions): Promise<number> {
  const measure = options.measureGflops ?? measureGflops;
  const { gflops } = await openSpeedRecord(folder, { engine: engineClass(), now: () => systemClock.now(), measure }).catch(
    failedWith('disk', 'How fast this machine is cannot be remembered'),
  );
  return gflops;
}

const openSandbox = ({ threads }: ParsedWorkerConfig, options: WorkerOptions, logger: Logger): Promise<Sandbox> =>
  (options.openSandbox ?? openIsolateSandbox)({ threads, logger }).catch(failedWith('sandbox', 'No sandbox can be opened on this machine'));

const failedWith =
  (code: WorkerErrorCode, what: string) =>
  (error: Error): never => {
    throw new WorkerError(code, `${what}: ${error.message}`, { cause: error });
  };
