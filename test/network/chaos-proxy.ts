/**
 * A TCP proxy on loopback that does to connections what networks do. Each connection draws its toxics when it opens; all chance comes from one seed.
 * Bytes keep their order, as in TCP; what happens to frames is frame-relay.ts's.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { Chance } from '../simulation/chance.ts';

export type Toxic =
  /** Every piece comes later, by `delayMs` and up to `jitterMs` more. */
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Writes of so many bytes. */
  | { readonly kind: 'slicer'; readonly bytes: number }
  /** Cut after so many bytes in one direction. */
  | { readonly kind: 'limit-data'; readonly bytes: number }
  /** Cut with RST after a while. */
  | { readonly kind: 'reset'; readonly afterMs: number }
  /** After a while nothing passes any more and nothing is said: the ends fill their buffers. Later cut with RST; `forMs` Infinity: never. */
  | { readonly kind: 'hang'; readonly afterMs: number; readonly forMs: number }
  /** As `hang`, but what is sent vanishes, and that an end closed is not told to the other either. */
  | { readonly kind: 'half-open'; readonly afterMs: number; readonly forMs: number }
  /** Answered here, as an overloaded coordinator would. */
  | { readonly kind: 'refuse'; readonly retryAfterS: number };

export interface ChaosOptions {
  readonly chance: Chance;
  /** `no`: which connection it is, from 0. `isWorkers`: whether it is a worker's WebSocket, not an ordinary request. */
  readonly toxicsOf: (no: number, isWorkers: boolean) => readonly Toxic[];
}

export class ChaosProxy implements AsyncDisposable {
  readonly url: string;
  /** When each WebSocket was asked for, epoch milliseconds. */
  readonly attemptsAt: number[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  static async open(target: string, options: ChaosOptions): Promise<ChaosProxy> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true });
    const proxy = new ChaosProxy(server, sockets, await listening(server));
    let [workers, others] = [0, 0];
    server.on('connection', async (near) => {
      tend(near, sockets);
      const first = await Promise.race([once(near, 'data'), once(near, 'close').then(() => null)]);
      if (first === null) return;
      near.pause();
      const isWorkers = String(first[0]).startsWith('GET /v1/worker');
      if (isWorkers) proxy.attemptsAt.push(Date.now());
      const toxics = options.toxicsOf(isWorkers ? workers++ : others++, isWorkers);
      const far = connect({ port: Number(new URL(target).port), host: '127.0.0.1', allowHalfOpen: true });
      tend(far, sockets);
      near.unshift(first[0] as Buffer);
      new Passage(near, far, toxics, options.chance).begin();
    });
    return proxy;
  }

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function tend(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket
    .setNoDelay(true)
    .on('close', () => sockets.delete(socket))
    .on('error', () => socket.destroy());
}

/** The two directions of one connection. */
class Passage {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #toxics: readonly Toxic[];
  readonly #chance: Chance;
  #state: 'open' | 'hung' | 'vanishing' = 'open';

  constructor(near: Socket, far: Socket, toxics: readonly Toxic[], chance: Chance) {
    this.#near = near;
    this.#far = far;
    this.#toxics = toxics;
    this.#chance = chance;
  }

  begin(): void {
    const refusal = this.#find('refuse');
    if (refusal !== undefined) {
      this.#far.destroy();
      const text = 'the network is full';
      this.#near.end(
        `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${refusal.retryAfterS}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
      return;
    }
    void this.#carry(this.#near, this.#far);
    void this.#carry(this.#far, this.#near);
    this.#schedule();
  }

  #schedule(): void {
    const [reset, hang, halfOpen] = [this.#find('reset'), this.#find('hang'), this.#find('half-open')];
    if (reset !== undefined) this.#later(reset.afterMs, () => this.#reset());
    for (const [toxic, state] of [
      [hang, 'hung'],
      [halfOpen, 'vanishing'],
    ] as const) {
      if (toxic === undefined) continue;
      this.#later(toxic.afterMs, () => {
        this.#state = state;
        if (Number.isFinite(toxic.forMs)) this.#later(toxic.forMs, () => this.#reset());
      });
    }
  }

  #find<K extends Toxic['kind']>(kind: K): Extract<Toxic, { kind: K }> | undefined {
    return this.#toxics.find((toxic): toxic is Extract<Toxic, { kind: K }> => toxic.kind === kind);
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(work, delayMs).unref();
    this.#near.once('close', () => this.#state === 'vanishing' || clearTimeout(timer));
  }

  #reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    const latency = this.#find('latency');
    const limit = this.#find('limit-data');
    let carried = 0;
    let inOrder: Promise<void> = Promise.resolve();
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        if (this.#state === 'hung') await once(from, 'close');
        if (this.#state === 'vanishing') continue;
        const delayed = latency === undefined ? Promise.resolve() : after(latency.delayMs + this.#chance.int(0, latency.jitterMs));
        inOrder = Promise.all([inOrder, delayed]).then(() => this.#write(to, chunk));
        // Without a delay the end that reads slowly slows down the one that sends.
        if (latency === undefined) await inOrder;
        carried += chunk.length;
        if (limit !== undefined && carried >= limit.bytes) return this.#reset();
      }
      await inOrder;
    } catch {
      // The socket was cut; the other end is told below.
    }
    if (this.#state === 'open') to.end();
  }

  async #write(to: Socket, chunk: Buffer): Promise<void> {
    const bandwidth = this.#find('bandwidth');
    const sliceBytes = this.#find('slicer')?.bytes ?? (bandwidth === undefined ? chunk.length : Math.ceil(bandwidth.bytesPerSecond / 50));
    for (let at = 0; at < chunk.length && !to.destroyed && this.#state === 'open'; at += sliceBytes) {
      const hasRoom = to.write(chunk.subarray(at, at + sliceBytes));
      if (bandwidth !== undefined) await after(20);
      if (!hasRoom) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }
}
