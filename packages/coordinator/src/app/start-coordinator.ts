import type { AddressInfo } from 'node:net';
import type { Coordinator } from '../engine/coordinator.ts';
import type { ReadStore } from '../ports/read-store.ts';
import type { Store } from '../ports/store.ts';
import { joinUrlOf, localUrl } from './addresses.ts';
import { AppError } from './app-error.ts';
import { compose, type Parts } from './compose.ts';
import type { CoordinatorConfig } from './config.ts';
import { createEvents } from './events.ts';
import { ensureLocalAuthor } from './local-author.ts';
import { createLogger } from './logger.ts';

export interface RunningCoordinator extends AsyncDisposable {
  /** For programs on this machine: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** For volunteers: with the project key to pin. */
  readonly joinUrl: string;
  readonly projectKey: string;
  /** Path of author.json, which the SDK publishes with. */
  readonly authorFile: string;
  /** What acknowledgements rest on. */
  readonly durability: string;
  /** For benchmarks and fsck on a live coordinator. */
  readonly coordinator: Coordinator;
  readonly store: Store & ReadStore;
  /** Takes no more work, makes durable what was decided, tells workers to come back (1012), ends. Safe to call twice. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** The store failed: nothing more is written, and the process must end at once, without closing anything. By default it crashes with the error. */
  readonly onBroken?: (error: unknown) => void;
}

/** Rejects with an AppError or StoreError whose message is meant for the operator. */
export async function startCoordinator(config: CoordinatorConfig, { onBroken = crash }: StartOptions = {}): Promise<RunningCoordinator> {
  const log = createLogger(config.logLevel);
  const events = createEvents(log);
  const parts = await compose(config, { log, events, onBroken });
  try {
    const port = await listen(parts, config);
    const url = localUrl(config.host, port);
    await introduceAuthor(parts, url);
    const { projectKey, durability } = { projectKey: parts.secrets.publicKey, durability: parts.store.durability };
    events.started({ url, projectKey, data: config.data, durability });
    const close = once(async () => {
      events.stopping();
      await parts[Symbol.asyncDispose]();
      events.stopped();
    });
    const { coordinator, store, authorFile } = parts;
    const joinUrl = joinUrlOf({ ...config, projectKey }, port);
    return { url, joinUrl, projectKey, authorFile, durability, coordinator, store, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

async function listen({ http }: Parts, { host, port }: CoordinatorConfig): Promise<number> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return (http.server.address() as AddressInfo).port;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (error.code === 'EADDRINUSE') {
    return new AppError(
      'port-in-use',
      `Port ${port} on ${host} is taken by another program. Stop it, or choose another port with --port.`,
      error,
    );
  }
  const reason = error.code === 'EACCES' ? 'this user may not use that port' : `${error.code ?? error.message}`;
  return new AppError('address-unavailable', `Cannot listen on ${host}:${port}: ${reason}. Choose another with --host and --port.`, error);
}

async function introduceAuthor({ store, secrets, coordinator, authorFile }: Parts, url: string): Promise<void> {
  await ensureLocalAuthor({ path: authorFile, url, secrets, authors: await store.authors(), coordinator, now: Date.now() });
}

/** Outside of whatever was going on, so that nobody catches it: what the disk holds after a failed write is unknown. */
function crash(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}
