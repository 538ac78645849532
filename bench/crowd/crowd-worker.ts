/**
 * A worker without runners and journal: the real handshake with its own key from its own address, answers to pings (a worker that holds
 * nothing has nothing to renew), and when to come back decided by the product's own functions. Connected, it takes as little memory and time as it can, so that thousands fit into a process.
 */
import { createKeyPair, createSecret, type KeyPair, signText } from '@manyhands/identity';
import { WebSocket } from 'ws';
import { RECONNECT, retryDelayMs } from '../../packages/worker/src/domain/backoff.ts';
import { parseRetryAfter } from '../../packages/worker/src/http/http-answer.ts';
import { lossOfClose, lossOfStatus, ownLoss } from '../../packages/worker/src/link/link-loss.ts';
import type { LinkLoss } from '../../packages/worker/src/ports/coordinator-link.ts';

export interface Absence {
  /** Connections tried until it was back. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly lostAt: number;
  readonly backAt: number;
}

/** As in the product: a connection that lasted this long counts as a success. */
const STABLE_MS = 10_000;
const HANDSHAKE_MS = 15_000;

export class CrowdWorker {
  readonly #url: string;
  readonly #address: string;
  readonly #key: KeyPair = createKeyPair();
  readonly #accountSecret = createSecret();
  readonly #onBack: (worker: CrowdWorker) => void;
  #socket: WebSocket | null = null;
  /** Failed attempts in a row, as the back-off counts them. */
  #failures = 0;
  #attempts = 0;
  #openedAt = 0;
  #lostAt = 0;
  #loss: LinkLoss | null = null;
  #isEnded = false;
  /** Since they were asked for. */
  #absences: Absence[] = [];

  constructor(url: string, address: string, onBack: (worker: CrowdWorker) => void) {
    this.#url = `${url.replace(/^http/, 'ws')}/v1/worker`;
    this.#address = address;
    this.#onBack = onBack;
    this.#lostAt = Date.now();
  }

  get isConnected(): boolean {
    return this.#openedAt > 0;
  }

  /** From when it was first lost to when it was last back, since this was last asked for. */
  takeAbsence(): Absence {
    const absences = this.#absences;
    this.#absences = [];
    const attempts = absences.reduce((sum, absence) => sum + absence.attempts, 0);
    return { attempts, lostAt: absences[0]?.lostAt ?? 0, backAt: absences.at(-1)?.backAt ?? 0 };
  }

  send(frame: string): void {
    this.#socket?.send(frame);
  }

  /** What comes besides the handshake. */
  onFrame: (text: string) => void = () => {};

  connect(): void {
    this.#attempts++;
    this.#loss = null;
    const socket = new WebSocket(this.#url, { perMessageDeflate: false, localAddress: this.#address, handshakeTimeout: HANDSHAKE_MS });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(data.toString()));
    socket.on('unexpected-response', (_request, response) => {
      this.#loss ??= lossOfStatus(response.statusCode ?? 0, parseRetryAfter(response.headers['retry-after'], Date.now()));
      socket.terminate();
    });
    socket.on('error', (error) => {
      this.#loss ??= ownLoss(false, error.message);
    });
    socket.on('close', (code, reason) => this.#lose(this.#loss ?? lossOfClose(code, reason.toString())));
  }

  end(): void {
    this.#isEnded = true;
    this.#socket?.terminate();
  }

  #hear(text: string): void {
    if (text.startsWith('{"type":"challenge"')) this.#hello((JSON.parse(text) as { nonce: string }).nonce);
    else if (text.startsWith('{"type":"welcome"')) this.#enter();
    else this.onFrame(text);
  }

  #hello(nonce: string): void {
    const hello = {
      type: 'hello',
      protocol: { oldest: 1, newest: 1 },
      hostKey: this.#key.publicKey,
      signature: signText('hello', nonce, this.#key),
      accountSecret: this.#accountSecret,
      displayName: null,
      software: 'crowd',
      engine: 'none',
      cores: 2,
    };
    this.send(JSON.stringify(hello));
  }

  #enter(): void {
    this.#openedAt = Date.now();
    this.#absences.push({ attempts: this.#attempts, lostAt: this.#lostAt, backAt: this.#openedAt });
    this.#attempts = 0;
    this.send('{"type":"reconcile","leases":[],"more":false}');
    this.#onBack(this);
  }

  #lose({ toldMs }: LinkLoss): void {
    if (this.#isEnded) return;
    const now = Date.now();
    if (this.isConnected) {
      this.#lostAt = now;
      if (now - this.#openedAt >= STABLE_MS) this.#failures = 0;
    }
    this.#openedAt = 0;
    setTimeout(() => this.connect(), retryDelayMs(RECONNECT, this.#failures++, toldMs, Math.random()));
  }
}
