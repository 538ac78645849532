/** The daemon's local interface: one JSON line in, one JSON line out. */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { controlAddressOf } from './control-address.ts';
import { type ControlAnswer, type ControlRequest, controlRequestSchema } from './control-protocol.ts';
import { bindControlSocket } from './control-socket.ts';
import { takeStartLock } from './start-lock.ts';

export type ControlHandler = (request: ControlRequest) => ControlAnswer;

const MAX_REQUEST_BYTES = 4_096;
const IDLE_MS = 10_000;

/** Rejects with `already-running` when another daemon uses the folder. Before `handle` is set by `serve`, callers wait. */
export class ControlServer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #ready = Promise.withResolvers<ControlHandler>();
  #close: () => Promise<void> = async () => {};

  private constructor() {}

  static async open(root: string): Promise<ControlServer> {
    const control = new ControlServer();
    await using _turn = await takeStartLock(join(root, 'control.lock'));
    const server = await bindControlSocket(controlAddressOf(root), (socket) => control.#onConnection(socket));
    control.#close = () => new Promise((resolve) => server.close(() => resolve()));
    return control;
  }

  serve(handler: ControlHandler): void {
    this.#ready.resolve(handler);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0 || text.length > MAX_REQUEST_BYTES) void this.#answer(socket, text.slice(0, Math.max(0, end)));
    });
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const handler = await this.#ready.promise;
    const request = controlRequestSchema.safeParse(parseJson(line));
    const answer: ControlAnswer = request.success ? handler(request.data) : { ok: false, error: 'This is no request the daemon knows.' };
    socket.end(`${JSON.stringify(answer)}\n`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
