/** Where workers come in: `/v1/worker` on the HTTP server. Admits, keeps the list of connections and the time. Rules GW1… in docs/spec/gateway.md. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Coordinator, HostIdentity } from '../engine/coordinator.ts';
import type { Clock } from '../ports/clock.ts';
import { AddressBook } from './address-book.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { type Admission, Door, type Rebuff } from './door.ts';
import { peerAddressOf } from './peer-address.ts';
import { RateLimit } from './rate-limit.ts';
import { WaitingRoom } from './waiting-room.ts';
import { Wheel } from './wheel.ts';
import type { WsLimits } from './ws-limits.ts';

export const WORKER_PATH = '/v1/worker';
const TICK_MS = 250;
const WHEEL_MS = 64_000;
const SWEEP_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** Refusals that are logged one by one; what is beyond that is counted. */
const LOGGED_REFUSALS = { perSecond: 1, burst: 20 };

export interface GatewayOptions extends Pick<ConnectionContext, 'projectKey' | 'random' | 'limits' | 'load' | 'events'> {
  readonly server: Server;
  readonly coordinator: Pick<Coordinator, 'openSession' | 'isKnown'>;
  readonly clock: Clock;
  /** Whether the proxy at this address is believed when it says whom it speaks for. */
  readonly trustsProxy: (address: string) => boolean;
}

export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #addresses: AddressBook;
  readonly #room: WaitingRoom;
  readonly #door: Door;
  readonly #context: ConnectionContext;
  readonly #sockets: WebSocketServer;
  /** All connections, each until something may be due. */
  readonly #connections = new Wheel<Connection>(TICK_MS, WHEEL_MS);
  /** Those in which something waits. */
  readonly #watched = new Set<Connection>();
  readonly #timers = new DisposableStack();
  readonly #refusals = new RateLimit(LOGGED_REFUSALS);
  #unlogged = 0;
  #closing = false;

  constructor(options: GatewayOptions) {
    const { limits, clock, random, server } = options;
    this.#options = options;
    this.#addresses = new AddressBook(limits, clock);
    this.#room = this.#timers.use(new WaitingRoom(clock, random, limits));
    this.#door = new Door({ ...options, addresses: this.#addresses, room: this.#room });
    this.#context = this.#createContext();
    this.#sockets = new WebSocketServer(socketOptions(limits));
    this.#timers.use(clock.every(TICK_MS, () => this.#tick()));
    this.#timers.use(clock.every(SWEEP_MS, () => this.#sweep()));
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /** Connections open now, proven or not. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Handshakes a second that were seen to be possible. */
  get handshakesPerSecond(): number {
    return this.#room.perSecond;
  }

  /** Closes every connection as `restart` and lets nobody in any more; resolves when the last is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#timers.dispose();
    for (const connection of this.#connections.keys()) connection.close(1012, 'the coordinator is restarting; leases and results are safe');
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  #createContext(): ConnectionContext {
    return {
      ...this.#options,
      registrationWaitMs: (identity, address) => this.#registrationWaitMs(identity, address),
      returnAfterMs: (code) => {
        if (code === 1012) return this.#room.sendAwayForRestart(this.connections);
        return code === 1013 ? this.#room.sendAway() : null;
      },
      faulted: (address) => this.#addresses.fault(address),
      entered: () => this.#room.letIn(),
      left: (connection) => {
        this.#connections.delete(connection);
        this.#watched.delete(connection);
      },
      watch: (connection) => this.#watched.add(connection),
    };
  }

  async #registrationWaitMs(identity: HostIdentity, address: string): Promise<number> {
    return (await this.#options.coordinator.isKnown(identity)) ? 0 : this.#addresses.register(address);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Without a listener of its own a reset at this moment would end the process.
    socket.on('error', destroyThis);
    const address = peerAddressOf(request, this.#options.trustsProxy);
    const knock = this.#refusalOf(request) ?? this.#door.knock(address, this.#options.clock.now());
    if (!knock.ok) {
      this.#logRefusal(address, knock);
      // An HTTP server's sockets may stay half open: waiting for the other end to leave too would let it stay for ever.
      socket.once('finish', destroyThis).end(refusalText(knock));
      return;
    }
    let isOpen = false;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      isOpen = true;
      // From here on ws listens for errors.
      socket.off('error', destroyThis);
      this.#onConnection(webSocket, address, knock.admission);
    });
    // Called at once, or never: then ws has refused the handshake.
    if (!isOpen) knock.admission.left();
  }

  #logRefusal(address: string, { status, reason }: Rebuff): void {
    if (this.#refusals.take(this.#options.clock.now()) === 0) {
      this.#options.events.connectionRefused(address, status, reason, this.#unlogged);
      this.#unlogged = 0;
    } else this.#unlogged++;
  }

  #refusalOf(request: IncomingMessage): Rebuff | null {
    if (this.#closing)
      return { ok: false, status: 503, reason: 'the coordinator is restarting', retryAfterMs: this.#room.sendAwayForRestart(0) };
    if (request.url?.split('?')[0] !== WORKER_PATH) return { ok: false, status: 404, reason: `workers connect to ${WORKER_PATH}` };
    // Browsers send Origin; no page may speak for a host.
    if (request.headers.origin !== undefined) return { ok: false, status: 403, reason: 'web pages may not connect as workers' };
    return null;
  }

  #onConnection(webSocket: WebSocket, address: string, admission: Admission): void {
    const connection = new Connection(webSocket, address, admission, this.#context);
    this.#visit(connection, this.#options.clock.now());
  }

  #tick(): void {
    const now = this.#options.clock.now();
    for (const connection of this.#connections.turn()) this.#visit(connection, now);
    for (const connection of this.#watched) {
      connection.visit(now);
      if (!connection.needsWatching) this.#watched.delete(connection);
    }
  }

  #visit(connection: Connection, now: number): void {
    this.#connections.set(connection, connection.visit(now));
  }

  #sweep(): void {
    this.#door.sweep(this.#options.clock.now());
    this.#addresses.sweep();
  }
}

/** One function for all sockets. */
function destroyThis(this: Duplex): void {
  this.destroy();
}

/** Newer options of ws than its published types know. */
function socketOptions(limits: WsLimits): ServerOptions {
  const newer = { maxPendingAutoPongs: 8, closeTimeout: CLOSE_TIMEOUT_MS };
  return {
    noServer: true,
    maxPayload: limits.frameBytes,
    maxFragments: limits.fragments,
    maxBufferedChunks: 1_024,
    perMessageDeflate: false,
    ...newer,
  };
}

const STATUS_TEXT = { 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests', 503: 'Service Unavailable' } as const;

function refusalText({ status, reason, retryAfterMs }: Rebuff): string {
  const headers = ['Connection: close', 'Content-Type: text/plain', `Content-Length: ${Buffer.byteLength(reason)}`];
  if (retryAfterMs !== undefined) headers.push(`Retry-After: ${Math.ceil(retryAfterMs / 1000)}`);
  return [`HTTP/1.1 ${status} ${STATUS_TEXT[status]}`, ...headers, '', reason].join('\r\n');
}
