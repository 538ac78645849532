/**
 * One worker's socket. Phases and their frames: frame-order.ts. Every way in ends in `handle` or `ended`, which never throw;
 * a frame that breaks a rule closes this connection with a reason a person can read, and touches no other (I41).
 */
import { createSecret } from '@manyhands/identity';
import {
  CLOSE_CODES,
  type CloseCode,
  type Downstream,
  type Hello,
  type HostId,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  parseFrame,
  type Upstream,
  upstreamSchema,
} from '@manyhands/protocol';
import type { WebSocket } from 'ws';
import { isLoopback } from '../domain/address.ts';
import type { Coordinator, HostIdentity, Session } from '../engine/coordinator.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadGauge } from '../ports/load-gauge.ts';
import type { WorkerLink } from '../ports/worker-link.ts';
import { attachConnection } from './attached-connection.ts';
import { toCloseReason } from './close-reason.ts';
import type { Admission } from './door.ts';
import { orderFault, type Phase } from './frame-order.ts';
import type { GatewayEvents } from './gateway-events.ts';
import { Heartbeat } from './heartbeat.ts';
import { checkHello } from './hello.ts';
import { Inbox, type InboxPort } from './inbox.ts';
import { RateLimit } from './rate-limit.ts';
import { workClassOf } from './work-class-of.ts';
import type { WsLimits } from './ws-limits.ts';

export interface ConnectionContext {
  readonly coordinator: Pick<Coordinator, 'openSession'>;
  readonly projectKey: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: () => number;
  readonly limits: WsLimits;
  readonly load: LoadGauge;
  readonly events: GatewayEvents;
  /** Milliseconds until a host that nobody here knows may register from this address; 0: it may, or is known. */
  registrationWaitMs(identity: HostIdentity, address: string): Promise<number>;
  /** How long whoever is closed with this code shall stay away, milliseconds; null: as it likes. */
  returnAfterMs(code: CloseCode): number | null;
  /** It broke the protocol. */
  faulted(address: string): void;
  /** It was let in. */
  entered(): void;
  /** It is over. */
  left(connection: Connection): void;
  /** It has to be visited with every tick, until it says otherwise. */
  watch(connection: Connection): void;
}

/** Between two visits of a connection on which nothing is due. */
const LONGEST_IDLE_MS = 60_000;

export class Connection implements WorkerLink, InboxPort {
  readonly #socket: WebSocket;
  readonly #context: ConnectionContext;
  readonly #address: string;
  readonly #admission: Admission;
  readonly #openedAt: number;
  readonly #isLimited: boolean;
  readonly #heartbeat: Heartbeat;
  readonly #inbox: Inbox;
  #phase: Phase = 'challenged';
  /** Empty once it has served. */
  #nonce = createSecret();
  #host: HostId | null = null;
  #session: Session | null = null;
  /** Since when more than `cutBytes` wait to be taken; null: they do not. */
  #cloggedSince: number | null = null;
  /** How we closed it; null: we did not. */
  #closedAs: { code: number; reason: string } | null = null;
  /** The last renewal was not heard. */
  #hasSkipped = false;

  constructor(socket: WebSocket, address: string, admission: Admission, context: ConnectionContext) {
    this.#socket = socket;
    this.#address = address;
    this.#admission = admission;
    this.#context = context;
    this.#isLimited = context.limits.limitLoopback || !isLoopback(address);
    this.#openedAt = context.clock.now();
    this.#heartbeat = new Heartbeat(context.limits, this.#openedAt, context.random);
    this.#inbox = this.#openInbox();
    attachConnection(socket, this);
    const protocol = { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };
    this.send({ type: 'challenge', nonce: this.#nonce, protocol, projectKey: context.projectKey });
  }

  send(message: Downstream): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.isBlocked()) this.#context.watch(this);
  }

  close(code: CloseCode, reason: string, retryAfterMs: number | null = null): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#inbox.clear();
    this.#closedAs = { code, reason: toCloseReason(reason, retryAfterMs ?? this.#context.returnAfterMs(code)) };
    // A paused socket would not read the other end's close frame.
    this.#socket.resume();
    this.#socket.close(code, this.#closedAs.reason);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Everything that depends on time. Answers after how many milliseconds something may be due again. */
  visit(now: number): number {
    if (this.#phase === 'closed') return LONGEST_IDLE_MS;
    this.#closeWithoutHello(now);
    this.#cutWhenClogged(now);
    this.#inbox.pump();
    this.#beat(now);
    const helloMs = this.#phase === 'challenged' ? this.#openedAt + this.#context.limits.helloMs + 1 - now : LONGEST_IDLE_MS;
    return Math.min(helloMs, this.#heartbeat.idleMs(now));
  }

  /** Something of it waits for other things than time. */
  get needsWatching(): boolean {
    return this.#phase !== 'closed' && (this.#inbox.isPaused || this.isBlocked());
  }

  #closeWithoutHello(now: number): void {
    const { helloMs } = this.#context.limits;
    if (this.#phase === 'challenged' && now - this.#openedAt > helloMs) this.close(4000, `no valid hello within ${helloMs / 1000} s`);
  }

  #beat(now: number): void {
    // What a paused socket did not read cannot be held against the host, unless it is paused because the host does not read.
    if (this.#socket.isPaused && !this.isBlocked()) this.#heartbeat.heard(now);
    const due = this.#heartbeat.due(now);
    if (due === 'ping') this.#socket.ping();
    else if (due === 'dead') this.close(4005, CLOSE_CODES[4005].meaning);
  }

  #cutWhenClogged(now: number): void {
    const { cutBytes, cutAfterMs } = this.#context.limits;
    if (this.bufferedBytes <= cutBytes) this.#cloggedSince = null;
    else if (this.#cloggedSince === null) this.#cloggedSince = now;
    else if (now - this.#cloggedSince > cutAfterMs) {
      this.close(1013, `${cutBytes} bytes waited unread for ${cutAfterMs / 1000} s`);
      // The close frame stands behind those bytes and would not be read either.
      this.#socket.terminate();
    }
  }

  #openInbox(): Inbox {
    const { limits } = this.#context;
    const rates = this.#isLimited ? { frames: new RateLimit(limits.frames), bytes: new RateLimit(limits.bytes) } : undefined;
    return new Inbox(this, limits.framesInFlight, rates);
  }

  isBlocked(): boolean {
    return this.bufferedBytes > this.#context.limits.pauseBytes;
  }

  pause(): void {
    this.#socket.pause();
    this.#context.watch(this);
  }

  resume(): void {
    this.#socket.resume();
  }

  now(): number {
    return this.#context.clock.now();
  }

  /** Of a message or a pong. */
  heard(): void {
    this.#heartbeat.heard(this.now());
  }

  hear(data: Buffer, isBinary: boolean): void {
    this.heard();
    if (this.#phase === 'closed') return;
    if (isBinary) this.#breach('binary frames are not part of the protocol; send JSON text');
    else this.#inbox.push(data.toString());
  }

  /** The socket is closing for what came over it: too big, bad UTF-8, broken framing. */
  failed(error: Error): void {
    this.#closedAs ??= { code: 1002, reason: error.message };
    this.#phase = 'closed';
    this.#context.faulted(this.#address);
  }

  ended(code: number, reason: string): void {
    this.#phase = 'closed';
    this.#inbox.clear();
    this.#admission.left();
    this.#session?.close();
    this.#context.left(this);
    const as = this.#closedAs ?? { code, reason };
    this.#context.events.hostDisconnected(this.#host, this.#address, as.code, as.reason);
  }

  #breach(reason: string): void {
    this.#context.faulted(this.#address);
    this.close(1008, reason);
  }

  async handle(text: string): Promise<void> {
    try {
      const frame = parseFrame(upstreamSchema, text);
      if (!frame.ok) return this.#breach(frame.reason);
      const fault = orderFault(this.#phase, frame.message.type);
      if (fault !== null) return this.#breach(`out of order: ${fault}`);
      await this.#receive(frame.message);
    } catch (error) {
      this.#context.events.sessionFailed(this.#host, error);
      this.close(1013, 'the coordinator failed on this frame; come back later');
    }
  }

  async #receive(message: Upstream): Promise<void> {
    if (message.type === 'hello') return this.#open(message);
    if (message.type === 'reconcile' && !message.more) this.#phase = 'open';
    if (!this.#isSkipped(message)) await (this.#session as Session).receive(message);
  }

  /** There is too much to do for it. Of two renewals one is heard, so that no lease runs out by this. */
  #isSkipped(message: Upstream): boolean {
    const { load, limits, random } = this.#context;
    const work = workClassOf(message);
    if (!this.#isLimited || !load.sheds(work)) return false;
    if (work === 'work-request')
      this.send({ type: 'no-work', retryAfterMs: Math.round(limits.retryAfterMs * (0.5 + random())), reason: 'overloaded' });
    if (message.type !== 'renew') return true;
    this.#hasSkipped = !this.#hasSkipped;
    return this.#hasSkipped;
  }

  async #open(hello: Hello): Promise<void> {
    const { load, coordinator, entered } = this.#context;
    if (this.#isLimited && load.sheds('heartbeat')) return this.close(1013, 'the coordinator has too much to do');
    const outcome = checkHello(hello, this.#nonce);
    if (!outcome.ok) return this.close(outcome.code, outcome.reason);
    const { identity } = outcome;
    this.#phase = 'opening';
    this.#nonce = '';
    this.#host = identity.host;
    const waitMs = this.#isLimited ? await this.#context.registrationWaitMs(identity, this.#address) : 0;
    if (waitMs > 0) return this.close(1013, 'too many new hosts come from your address', Math.ceil(waitMs));
    if (this.#isClosed()) return;
    const session = await coordinator.openSession(identity, this);
    // The socket may have gone meanwhile, or the engine refused the host through the link.
    if (this.#isClosed()) return session.close();
    this.#admission.proven();
    entered();
    this.#session = session;
    this.#phase = 'reconciling';
    this.#welcome(identity, session);
  }

  #welcome(identity: HostIdentity, session: Session): void {
    const { protocol, host, account } = identity;
    this.send({ type: 'welcome', protocol, host, account, heartbeatMs: session.heartbeatMs, quota: session.quota });
    this.#context.events.hostConnected(identity, this.#address);
  }

  #isClosed(): boolean {
    return this.#phase === 'closed';
  }
}
