/** The parts list of a worker, read top to bottom. */
import type { Sandbox } from '@manyhands/sandbox';
import { openBlobCache } from '../blobs/blob-cache.ts';
import { createAgent } from '../domain/agent.ts';
import { DEFAULT_SETTINGS } from '../domain/agent-state.ts';
import { AgentLoop, type Dispatch, type LoopObserver } from '../engine/agent-loop.ts';
import { Executor } from '../engine/executor.ts';
import { Fetcher } from '../engine/fetcher.ts';
import { Patience } from '../engine/patience.ts';
import { RunnerPool } from '../engine/runner-pool.ts';
import { TaskTrust } from '../engine/task-trust.ts';
import { Uploader } from '../engine/uploader.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { createFileTaskShelf } from '../host/file-task-shelf.ts';
import type { Identity } from '../host/identity-files.ts';
import { engineClass, SOFTWARE } from '../host/machine.ts';
import type { Membership } from '../host/membership.ts';
import { createPinnedVerifier } from '../host/pinned-verifier.ts';
import { workerSocketUrl } from '../host/project-url.ts';
import { systemClock } from '../host/system-clock.ts';
import { parseRetryAfter } from '../http/http-answer.ts';
import { createHttpCoordinator } from '../http/http-coordinator.ts';
import { openFileJournal } from '../journal/file-journal.ts';
import type { HostCard } from '../link/handshake.ts';
import { createWsLink } from '../link/ws-link.ts';
import type { Log } from '../ports/log.ts';
import type { TrustedTask } from '../ports/task-verifier.ts';
import type { ParsedWorkerConfig } from './config.ts';

export interface Ingredients {
  readonly config: ParsedWorkerConfig;
  readonly base: URL;
  readonly folder: DataFolder;
  readonly membership: Membership;
  readonly identity: Identity;
  /** Of one core. */
  readonly gflops: number;
  readonly sandbox: Sandbox;
  readonly log: Log;
  readonly observer: LoopObserver;
  readonly onTaskAccepted: (task: TrustedTask) => void;
}

export interface Composed extends AsyncDisposable {
  readonly loop: AgentLoop;
}

const MB = 1024 * 1024;

const toCard = ({ config, identity, membership, gflops }: Ingredients): HostCard => ({
  ...identity,
  displayName: config.displayName,
  team: config.team,
  software: SOFTWARE,
  engine: engineClass(),
  cores: config.threads,
  gflops,
  projectKey: membership.projectKey,
});

export async function compose(ingredients: Ingredients): Promise<Composed> {
  const { config, base, folder, membership, sandbox, log, observer, onTaskAccepted } = ingredients;
  await using stack = new AsyncDisposableStack();
  const clock = systemClock;
  const entropy = { random: Math.random };
  const closing = new AbortController();

  const journal = stack.use(
    await openFileJournal(folder.journal, (damage) => log.error(damage, 'the journal was damaged on disk; what was whole is used')),
  );
  const api = createHttpCoordinator(base);
  const blobs = await openBlobCache({ folder: folder.blobs, limitBytes: config.cacheMB * MB, api, now: clock.now() });
  const runners = stack.use(new RunnerPool(sandbox, clock));
  const patience = new Patience(clock, entropy, log);
  const trust = new TaskTrust({
    api,
    shelf: createFileTaskShelf(folder.tasks),
    verify: createPinnedVerifier(membership.projectKey, clock),
    patience,
    clock,
    closing: closing.signal,
    onAccepted: onTaskAccepted,
  });

  // The loop and those who report to it need each other; nothing is reported before `start`.
  const dispatch: Dispatch = (happening) => loop.dispatch(happening);
  const fetcher = new Fetcher({ blobs, trust, patience, dispatch, log });
  const executor = new Executor({ blobs, trust, runners, journal, dispatch, log });
  const uploader = new Uploader({ api, blobs, patience, dispatch, log, closing: closing.signal });
  const link = createWsLink({
    url: workerSocketUrl(base),
    clock,
    parseRetryAfter: (header) => parseRetryAfter(header, clock.now()),
    card: toCard(ingredients),
  });
  const settings = { ...DEFAULT_SETTINGS, threads: config.threads, graceMs: config.stopGraceMs };
  const loop = new AgentLoop(
    createAgent(settings),
    { clock, entropy, link, journal, blobs, fetcher, executor, uploader, runners, patience },
    observer,
  );

  // Undone from here upwards: first nothing new begins, then the connection says goodbye, the journal comes last.
  stack.defer(() => loop.linkClosed);
  stack.defer(() => {
    fetcher.close();
    executor.close();
    closing.abort(new Error('the worker ends'));
  });
  const owned = stack.move();
  return { loop, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
