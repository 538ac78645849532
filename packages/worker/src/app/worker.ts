/** Starts one worker on one data folder: checks first, then opens, then runs. */
import { openIsolateSandbox, type Sandbox } from '@manyhands/sandbox';
import type { Logger } from 'pino';
import { ControlServer } from '../control/control-server.ts';
import { WorkerError, type WorkerErrorCode } from '../domain/worker-error.ts';
import { type DataFolder, openDataFolder } from '../host/data-folder.ts';
import { openIdentity } from '../host/identity-files.ts';
import { type Membership, readMembership } from '../host/membership.ts';
import { parseProjectUrl } from '../host/project-url.ts';
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
  const sandbox = await openSandbox(parsed, options, logger);
  const life = new WorkerLife({
    membership,
    base,
    displayName: parsed.displayName,
    layers: sandbox.layers,
    log: logger,
    onEvent: options.onEvent,
  });
  const onTaskAccepted = life.onTaskAccepted.bind(life);
  const composed = resources.use(
    await compose({ config: parsed, base, folder, membership, identity, sandbox, log: logger, observer: life, onTaskAccepted }).catch(
      failedWith('disk', 'What the data folder holds cannot be opened'),
    ),
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

const openSandbox = ({ threads }: ParsedWorkerConfig, options: WorkerOptions, logger: Logger): Promise<Sandbox> =>
  (options.openSandbox ?? openIsolateSandbox)({ threads, logger }).catch(failedWith('sandbox', 'No sandbox can be opened on this machine'));

const failedWith =
  (code: WorkerErrorCode, what: string) =>
  (error: Error): never => {
    throw new WorkerError(code, `${what}: ${error.message}`, { cause: error });
  };
