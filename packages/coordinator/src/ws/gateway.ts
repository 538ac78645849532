/** Where workers come in: `/v1/worker` on the HTTP server. Admits, keeps the list of connections and the time. Rules GW1… in docs/spec/gateway.md. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { Connection, type ConnectionContext } from './connection.ts';
import { type Admission, Door, type Rebuff } from './door.ts';
import { peerAddressOf } from './peer-address.ts';
import type { WsLimits } from './ws-limits.ts';

export const WORKER_PATH = '/v1/worker';
const TICK_MS = 250;
const CLOSE_TIMEOUT_MS = 5_000;

export interface GatewayOptions extends ConnectionContext {
  readonly server: Server;
  readonly trustProxy: boolean;
}

export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #door: Door;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<Connection>();
  readonly #ticking: Disposable;
  #closing = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#door = new Door(options.limits);
    this.#sockets = new WebSocketServer(socketOptions(options.limits));
    this.#ticking = options.clock.every(TICK_MS, () => this.#tick());
    options.server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /** Connections open now, proven or not. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Closes every connection as `restart` and lets nobody in any more; resolves when the last is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#ticking[Symbol.dispose]();
    for (const connection of this.#connections) connection.close(1012, 'the coordinator is restarting; leases and results are safe');
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Without a listener of its own a reset at this moment would end the process.
    socket.on('error', () => socket.destroy());
    const address = peerAddressOf(request, this.#options.trustProxy);
    const knock = this.#refusalOf(request) ?? this.#door.knock(address, this.#options.clock.now());
    if (!knock.ok) {
      this.#options.events.connectionRefused(address, knock.status, knock.reason);
      // An HTTP server's sockets may stay half open: waiting for the other end to leave too would let it stay for ever.
      socket.once('finish', () => socket.destroy()).end(refusalText(knock));
      return;
    }
    socket.once('close', knock.admission.left);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#onConnection(webSocket, address, knock.admission));
  }

  #refusalOf(request: IncomingMessage): Rebuff | null {
    if (this.#closing) return { ok: false, status: 503, reason: 'the coordinator is restarting', retryAfterS: 5 };
    if (request.url?.split('?')[0] !== WORKER_PATH) return { ok: false, status: 404, reason: `workers connect to ${WORKER_PATH}` };
    // Browsers send Origin; no page may speak for a host (RELIABILITY C3).
    if (request.headers.origin !== undefined) return { ok: false, status: 403, reason: 'web pages may not connect as workers' };
    return null;
  }

  #onConnection(webSocket: WebSocket, address: string, admission: Admission): void {
    const connection = new Connection(webSocket, address, admission, this.#options);
    this.#connections.add(connection);
    webSocket.once('close', () => this.#connections.delete(connection));
  }

  #tick(): void {
    const now = this.#options.clock.now();
    this.#door.sweep(now);
    for (const connection of this.#connections) connection.tick(now);
  }
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

function refusalText({ status, reason, retryAfterS }: Rebuff): string {
  const headers = ['Connection: close', 'Content-Type: text/plain', `Content-Length: ${Buffer.byteLength(reason)}`];
  if (retryAfterS !== undefined) headers.push(`Retry-After: ${retryAfterS}`);
  return [`HTTP/1.1 ${status} ${STATUS_TEXT[status]}`, ...headers, '', reason].join('\r\n');
}
