/** A worker that says what a test tells it to, over a real socket. */
import { createKeyPair, createSecret, type KeyPair, signText } from '@manyhands/identity';
import { type Downstream, downstreamSchema, type Hello } from '@manyhands/protocol';
import { WebSocket } from 'ws';

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

type OfType<T extends Downstream['type']> = Extract<Downstream, { type: T }>;

export class ScriptedWorker {
  readonly socket: WebSocket;
  readonly key: KeyPair;
  readonly accountSecret: string;
  readonly frames: Downstream[] = [];
  readonly closed: Promise<Closing>;
  #heard = Promise.withResolvers<void>();
  #ended: Closing | null = null;

  constructor(url: string, { key = createKeyPair(), accountSecret = createSecret(), autoPong = true } = {}) {
    this.key = key;
    this.accountSecret = accountSecret;
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/worker`, { perMessageDeflate: false, autoPong });
    this.socket.on('message', (data) => this.#keep(downstreamSchema.parse(JSON.parse(data.toString()))));
    this.socket.on('error', () => {}); // `close` follows.
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        this.#ended = { code, reason: reason.toString() };
        resolve(this.#ended);
        this.#heard.resolve();
      });
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** The first frame of these types not yet taken, now or when it comes. Rejects when the connection ends before. */
  async take<T extends Downstream['type']>(...types: T[]): Promise<OfType<T>> {
    for (;;) {
      const at = this.frames.findIndex((frame) => types.includes(frame.type as T));
      if (at !== -1) return this.frames.splice(at, 1)[0] as OfType<T>;
      if (this.#ended !== null) throw new Error(`closed with ${this.#ended.code} ${this.#ended.reason} before ${types}`);
      await this.#heard.promise;
    }
  }

  helloTo(nonce: string, changes: Partial<Hello> = {}): Hello {
    return {
      type: 'hello',
      protocol: { oldest: 1, newest: 1 },
      hostKey: this.key.publicKey,
      signature: signText('hello', nonce, this.key),
      accountSecret: this.accountSecret,
      displayName: null,
      software: 'scripted',
      engine: 'none',
      cores: 2,
      ...changes,
    };
  }

  /** Says hello as it should be said and takes the welcome. */
  async greet(changes: Partial<Hello> = {}): Promise<OfType<'welcome'>> {
    const { nonce } = await this.take('challenge');
    this.send(this.helloTo(nonce, changes));
    return this.take('welcome');
  }

  /** Greets and says that it holds nothing. */
  async enter(): Promise<OfType<'welcome'>> {
    const welcome = await this.greet();
    this.send({ type: 'reconcile', leases: [], more: false });
    return welcome;
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  #keep(frame: Downstream): void {
    this.frames.push(frame);
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}
