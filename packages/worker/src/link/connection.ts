/**
 * One connection: connecting → challenged → open → closed. What may be heard in which phase is in `breachOf`;
 * a frame that breaks the protocol closes the connection and has no other effect. Rules WK17… in docs/spec/worker.md.
 */
import { type Downstream, downstreamSchema, LIMITS, parseFrame, type Upstream } from '@manyhands/protocol';
import { WebSocket } from 'ws';
import type { Clock } from '../ports/clock.ts';
import type { LinkListener, LinkLoss } from '../ports/coordinator-link.ts';
import { answerChallenge, type HostCard } from './handshake.ts';
import { lossOfClose, lossOfStatus, ownLoss } from './link-loss.ts';

export interface ConnectionOptions {
  /** `ws:` or `wss:`, up to and including `/v1/worker`. */
  readonly url: URL;
  readonly card: HostCard;
  readonly clock: Clock;
  /** Reads a Retry-After header: milliseconds, or null. */
  readonly parseRetryAfter: (header: string | undefined) => number | null;
}

type Phase = 'connecting' | 'challenged' | 'open' | 'closed';
type MessageOf<T extends Downstream['type']> = Extract<Downstream, { type: T }>;

const HANDSHAKE_MS = 15_000;
const PING_MS = 30_000;
const CLOSE_MS = 5_000;

/** null: the message may come in this phase. */
function breachOf(phase: Phase, type: Downstream['type']): string | null {
  if (type === 'challenge') return phase === 'connecting' ? null : 'a second challenge';
  if (type === 'welcome') return phase === 'challenged' ? null : 'a welcome without a hello';
  return phase === 'open' ? null : `${type} before the welcome`;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: LinkListener;
  readonly #socket: WebSocket;
  #phase: Phase = 'connecting';
  /** Why this side closed; null: it did not. */
  #ownLoss: LinkLoss | null = null;
  #timer: Disposable;
  /** Since the last look. */
  #hasHeard = true;
  /** By a ping at the last look. */
  #isAsked = false;

  constructor(options: ConnectionOptions, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      maxPayload: LIMITS.frameBytes,
      followRedirects: false,
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.#timer = options.clock.after(HANDSHAKE_MS, () =>
      this.close(ownLoss(false, 'The coordinator did not complete the handshake.'), 1000, 'handshake timeout'),
    );
    this.#listen();
  }

  send(message: Upstream): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** What was sent before still leaves; a peer that does not answer the goodbye is cut off. */
  close(loss: LinkLoss, code: number, reason: string): void {
    if (this.#phase === 'closed' || this.#ownLoss !== null) return;
    this.#ownLoss = loss;
    this.#setTimer(CLOSE_MS, () => this.#socket.terminate());
    this.#socket.close(code, Buffer.from(reason).subarray(0, 120).toString('utf8'));
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('message', (data: Buffer, isBinary) => this.#onFrame(isBinary ? null : data.toString('utf8')));
    socket.on('ping', () => this.#onSign());
    socket.on('pong', () => this.#onSign());
    socket.on('unexpected-response', (_request, response) => {
      this.#ownLoss ??= lossOfStatus(response.statusCode ?? 0, this.#options.parseRetryAfter(response.headers['retry-after']));
      socket.terminate();
    });
    // `close` follows and tells the listener.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#ownLoss ??= ownLoss(false, `${this.#options.url.host} cannot be reached: ${error.code ?? error.message}.`);
    });
    socket.on('close', (code, reason) => this.#onClose(lossOfClose(code, reason.toString('utf8'))));
  }

  #onClose(loss: LinkLoss): void {
    this.#phase = 'closed';
    this.#timer[Symbol.dispose]();
    this.#listener.onLost(this.#ownLoss ?? loss);
  }

  #onSign(): void {
    this.#hasHeard = true;
  }

  #onFrame(text: string | null): void {
    this.#onSign();
    // Closing: whatever still arrives comes too late.
    if (this.#ownLoss !== null) return;
    const frame = text === null ? ({ ok: false, reason: 'frame is not text' } as const) : parseFrame(downstreamSchema, text);
    const breach = frame.ok ? breachOf(this.#phase, frame.message.type) : frame.reason;
    if (breach !== null) this.close(ownLoss(false, `The coordinator broke the protocol: ${breach}.`), 1008, breach);
    else if (frame.ok) this.#hear(frame.message);
  }

  #hear(message: Downstream): void {
    if (message.type === 'challenge') this.#hello(message);
    else if (message.type === 'welcome') this.#open(message);
    else this.#listener.onMessage(message);
  }

  #hello(challenge: MessageOf<'challenge'>): void {
    const outcome = answerChallenge(challenge, this.#options.card);
    this.#phase = 'challenged';
    if (outcome.ok) this.send(outcome.hello);
    else this.close(outcome.loss, 1000, 'not the project that was joined');
  }

  #open({ host, account, heartbeatMs, quota }: MessageOf<'welcome'>): void {
    this.#phase = 'open';
    this.#watch();
    this.#listener.onWelcome({ host, account, heartbeatMs, quota });
  }

  /** Asked when nothing was heard for a while; a connection that does not answer by the next look is dead, whatever the operating system believes. */
  #watch(): void {
    this.#setTimer(PING_MS, () => {
      if (!this.#hasHeard && this.#isAsked) {
        this.#ownLoss ??= ownLoss(false, 'The coordinator fell silent.');
        return this.#socket.terminate();
      }
      this.#isAsked = !this.#hasHeard;
      this.#hasHeard = false;
      if (this.#isAsked) this.#socket.ping();
      this.#watch();
    });
  }

  #setTimer(delayMs: number, work: () => void): void {
    this.#timer[Symbol.dispose]();
    this.#timer = this.#options.clock.after(delayMs, work);
  }
}
