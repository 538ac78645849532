/** A TCP connection that says what a test wants, as slowly as it wants, and hears as little. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawOptions {
  /** Said at once. */
  readonly says?: string;
  /** Said one character at a time. */
  readonly trickles?: string;
  readonly everyMs?: number;
  /** Takes what comes; else its buffers fill. */
  readonly reads?: boolean;
}

export class RawSocket implements Disposable {
  readonly #socket: Socket;
  readonly ended: Promise<void>;
  #heard = '';
  #isOpen = true;

  static async open(port: number, options: RawOptions = {}): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    socket.on('error', () => undefined);
    const raw = new RawSocket(socket, options);
    await Promise.race([once(socket, 'connect'), raw.ended]);
    return raw;
  }

  private constructor(socket: Socket, { says = '', trickles = '', everyMs = 100, reads = true }: RawOptions) {
    this.#socket = socket;
    const closed = Promise.withResolvers<void>();
    this.ended = closed.promise;
    socket.once('close', () => {
      this.#isOpen = false;
      clearInterval(timer);
      closed.resolve();
    });
    if (reads) socket.setEncoding('latin1').on('data', (text) => this.#hear(String(text)));
    else socket.pause();
    if (says !== '') socket.write(says);
    let at = 0;
    const timer = setInterval(() => at < trickles.length && socket.write(trickles[at++] as string), everyMs).unref();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** As latin-1. */
  get heard(): string {
    return this.#heard;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#heard = (this.#heard + text).slice(-4_000);
  }
}
