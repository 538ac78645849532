/**
 * A small coordinator on a real HTTP server and real WebSockets, with frames checked by the protocol's own schemas.
 * By itself it welcomes, agrees, hands out what was queued, and records; each of these can be taken over by a test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecret, digestOf, hostIdOf, verifyText } from '@manyhands/identity';
import {
  type Digest,
  type Downstream,
  type Hello,
  type JobId,
  type LeaseId,
  type LeaseResult,
  type Payload,
  parseFrame,
  type TaskId,
  type Upstream,
  upstreamSchema,
} from '@manyhands/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { jobId } from './builders.ts';
import { FakeProject } from './fake-project.ts';

interface Unit {
  readonly lease: LeaseId;
  readonly index: number;
  readonly task: TaskId;
  readonly input: Payload;
}

type Behaviour = (session: Session, message: Upstream) => void;

export class Session {
  readonly socket: WebSocket;
  readonly nonce = createSecret();
  hello: Hello | null = null;
  wish = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  say(message: Downstream): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

export class FakeCoordinator implements AsyncDisposable {
  readonly project = new FakeProject();
  readonly sessions: Session[] = [];
  /** Every frame heard, and every broken one. */
  readonly heard: Upstream[] = [];
  readonly breaches: string[] = [];
  readonly results = new Map<LeaseId, LeaseResult>();
  readonly uploads = new Map<Digest, Uint8Array>();
  /** `METHOD path range` of every HTTP request. */
  readonly requests: string[] = [];
  quota = 100;
  heartbeatMs = 20_000;
  /** Takes over one kind of message. */
  readonly on: Partial<Record<Upstream['type'], Behaviour>> = {};
  /** Takes over HTTP; answers whether it did. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** What the challenge shows. */
  shownKey = this.project.key.publicKey;
  protocol = { oldest: 1, newest: 1 };
  readonly #queue: Unit[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ server: this.#server, path: '/v1/worker' });
  #nextIndex = 0;
  #port = 0;

  static async open(port = 0): Promise<FakeCoordinator> {
    const coordinator = new FakeCoordinator();
    await new Promise<void>((resolve) => coordinator.#server.listen(port, '127.0.0.1', resolve));
    coordinator.#port = (coordinator.#server.address() as AddressInfo).port;
    coordinator.#sockets.on('connection', (socket) => coordinator.#onConnection(socket));
    return coordinator;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get port(): number {
    return this.#port;
  }

  /** The connection opened last. */
  get session(): Session {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('nobody has connected');
    return session;
  }

  said<T extends Upstream['type']>(type: T): Extract<Upstream, { type: T }>[] {
    return this.heard.filter((message): message is Extract<Upstream, { type: T }> => message.type === type);
  }

  /** Leases given out with the next wish; answers their ids. */
  enqueue(task: TaskId, inputs: readonly Payload[]): LeaseId[] {
    const units = inputs.map((input) => ({
      lease: `lease_${createSecret().slice(0, 22)}` as LeaseId,
      index: this.#nextIndex++,
      task,
      input,
    }));
    this.#queue.push(...units);
    for (const session of this.sessions) this.handOut(session);
    return units.map(({ lease }) => lease);
  }

  handOut(session: Session): void {
    while (session.wish > 0 && this.#queue.length > 0) {
      const unit = this.#queue.shift() as Unit;
      session.wish--;
      this.assign(session, unit);
    }
  }

  assign(session: Session, { lease, index, task, input }: Unit): void {
    session.say({
      type: 'assign',
      job: jobId() as JobId,
      task,
      limits: { memoryMB: 8, timeoutMs: 10, outputBytes: 1 },
      frozenAt: 1_000,
      leaseMs: 60_000,
      leases: [{ lease, index, input }],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #onConnection(socket: WebSocket): void {
    const session = new Session(socket);
    this.sessions.push(session);
    socket.on('close', () => {
      session.wish = 0;
    });
    session.say({ type: 'challenge', nonce: session.nonce, protocol: this.protocol, projectKey: this.shownKey });
    socket.on('message', (data: Buffer) => {
      const frame = parseFrame(upstreamSchema, data.toString());
      if (!frame.ok) this.breaches.push(frame.reason);
      else {
        this.heard.push(frame.message);
        (this.on[frame.message.type] ?? this.#behave)(session, frame.message);
      }
    });
  }

  readonly #behave: Behaviour = (session, message) => {
    switch (message.type) {
      case 'hello':
        if (!verifyText('hello', session.nonce, message.signature, message.hostKey)) return session.socket.close(4002, 'bad signature');
        session.hello = message;
        return session.say({
          type: 'welcome',
          protocol: 1,
          host: hostIdOf(message.hostKey),
          account: `account_${'a'.repeat(22)}` as never,
          heartbeatMs: this.heartbeatMs,
          quota: this.quota,
        });
      case 'reconcile':
        return message.more ? undefined : session.say({ type: 'reconciled', drop: [] });
      case 'request-work':
        session.wish = message.replicas;
        return this.handOut(session);
      case 'submit':
        for (const result of message.results) this.results.set(result.lease, result);
        return session.say({ type: 'recorded', results: message.results.map(({ lease }) => ({ lease, outcome: 'recorded' })) });
      default:
        return undefined;
    }
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request;
    this.requests.push([method, url, headers.range].filter(Boolean).join(' '));
    if (this.intercept(request, response)) return;
    const { pathname } = new URL(url, this.url);
    const [, , kind, name] = pathname.split('/');
    if (method === 'PUT') return this.#receive(request, response, name as Digest);
    const signed = this.project.tasks.get(name as TaskId);
    const blob = this.project.blobs.get(name as Digest);
    if (kind === 'project') return sendJson(response, 200, this.view());
    if (kind === 'tasks' && signed !== undefined) return sendJson(response, 200, { view: {}, signed });
    if (kind === 'blobs' && blob !== undefined) return sendBlob(response, blob, headers.range);
    return sendJson(response, 404, { error: { code: 'not-found', message: 'Nothing of that name.' } });
  }

  view() {
    return {
      name: 'Echoes',
      description: 'Listens to itself.',
      operator: 'Ada Lovelace',
      projectKey: this.shownKey,
      software: 'fake',
      protocol: this.protocol,
      tasks: [...this.project.tasks].map(([id, signed]) => ({
        id,
        manifest: JSON.parse(signed.manifest.text) as object,
        author: 'ada',
        publishedAt: 1,
      })),
    };
  }

  async #receive(request: IncomingMessage, response: ServerResponse, digest: Digest): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (!request.headers.authorization?.startsWith('Lease lease_'))
      return sendJson(response, 401, { error: { code: 'unauthorized', message: 'Who?' } });
    if (digestOf(bytes) !== digest) return sendJson(response, 409, { error: { code: 'digest-mismatch', message: 'Not those.' } });
    this.uploads.set(digest, bytes);
    sendJson(response, 201, { digest, bytes: bytes.length });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendBlob(response: ServerResponse, blob: Uint8Array, range: string | undefined): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (range === undefined) response.writeHead(200).end(blob);
  else if (from >= blob.length) sendJson(response, 416, { error: { code: 'range-not-satisfiable', message: 'Nothing there.' } });
  else response.writeHead(206, { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` }).end(blob.subarray(from));
}
