/**
 * The author's side of a coordinator's HTTP API over memory, for tests of the SDK alone. It keeps the contract
 * (chunks once and in order, jobs by key, blobs compared with their digest, results by cursor) and can fail on demand.
 * Units end as soon as they arrive, with what `compute` says of their input.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeyPair, digestOf, issueCertificate, verifyTask } from '@manyhands/identity';
import { decodeValue, type JobId, type Payload, type ResultRow, type Value } from '@manyhands/protocol';
import type { AuthorFile } from '../src/author-file.ts';
import { encodeInput } from '../src/inputs/input-encoder.ts';

interface FakeJob {
  readonly id: JobId;
  readonly task: string;
  readonly title: string;
  readonly key: string;
  readonly chunks: { readonly digest: string; readonly firstIndex: number; readonly count: number }[];
  readonly rows: ResultRow[];
  state: 'open' | 'done' | 'cancelled';
}

/** What to do with the next matching request instead of, or after, serving it. */
export interface Fault {
  readonly path: RegExp;
  /** `drop` closes the socket unanswered · `drop-answer` serves, then closes · `overload` answers 503 · `cut` ends a stream after some rows. */
  readonly kind: 'drop' | 'drop-answer' | 'overload' | 'cut';
  readonly rows?: number;
}

export type Compute = (input: Value, index: number) => { readonly output: Value } | { readonly error: string };

export class FakeCoordinator implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly blobs = new Map<string, Buffer>();
  readonly jobs = new Map<string, FakeJob>();
  readonly faults: Fault[] = [];
  readonly tasks = new Map<string, unknown>();
  compute: Compute = (input) => ({ output: input });
  /** Told for each row that is written to a stream of results. */
  onRow: () => void = () => {};
  readonly #projectKey = createKeyPair();
  readonly #authorKey = createKeyPair();
  #server: Server | null = null;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get author(): AuthorFile {
    const { publicKey } = this.#authorKey;
    const now = Date.now();
    const body = { format: 1 as const, projectKey: this.#projectKey.publicKey, authorKey: publicKey, author: 'ada' };
    const certificate = issueCertificate({ ...body, issuedAt: now, expiresAt: now + 3_600_000 }, this.#projectKey);
    return { url: this.url, author: 'ada', token: 'secret', keyPair: this.#authorKey, certificate };
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    this.requests.push(line);
    const body = Buffer.concat(await request.toArray());
    const at = this.faults.findIndex(({ path }) => path.test(line));
    const fault = at < 0 ? undefined : this.faults.splice(at, 1)[0];
    const url = new URL(request.url ?? '/', this.url);
    const job = /^\/v1\/jobs\/([^/]+)\/results$/.exec(url.pathname)?.[1];
    if (job !== undefined && this.jobs.has(job) && fault?.kind !== 'drop') {
      this.#results(response, this.jobs.get(job) as FakeJob, url, fault?.rows ?? Number.POSITIVE_INFINITY);
      return;
    }
    const reply =
      fault?.kind === 'drop' ? null : fault?.kind === 'overload' ? refuse(503, 'overloaded', 'Too much.') : this.#route(request, url, body);
    if (reply === null || fault?.kind === 'drop-answer') request.socket.destroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
  }

  #route({ method, headers }: IncomingMessage, { pathname, searchParams }: URL, body: Buffer): Reply {
    const [, , kind, id = '', part] = pathname.split('/');
    if (method !== 'GET' && method !== 'HEAD' && headers.authorization !== 'Bearer secret') {
      return refuse(401, 'unauthorized', 'That token is not known.');
    }
    if (kind === 'project') return answer(this.#project());
    if (kind === 'blobs') return this.#blob(method, id, body);
    if (kind === 'tasks') return this.#publish(body);
    if (kind === 'jobs' && id === '') return answer(this.#view(this.#create(JSON.parse(body.toString()))));
    const job = this.jobs.get(id);
    if (kind !== 'jobs' || job === undefined) return refuse(404, 'not-found', `There is no ${pathname}.`);
    if (part === 'units')
      return this.#append(job, Number(searchParams.get('chunk')), body.toString(), searchParams.get('close') === 'true');
    if (part === 'cancel') job.state = 'cancelled';
    return answer(this.#view(job));
  }

  #project() {
    const { publicKey: projectKey } = this.#projectKey;
    const protocol = { oldest: 1, newest: 1 };
    return { name: 'fake', description: '', operator: 'tests', projectKey, software: 'fake', protocol, tasks: [] };
  }

  #blob(method: string | undefined, digest: string, body: Buffer): Reply {
    if (method === 'PUT') {
      if (digestOf(body) !== digest) return refuse(409, 'digest-mismatch', 'Other bytes than the name says.');
      this.blobs.set(digest, body);
      return answer({ digest, bytes: body.length });
    }
    const bytes = this.blobs.get(digest);
    return bytes === undefined ? refuse(404, 'not-found', 'No such blob.') : { status: 200, body: method === 'HEAD' ? '' : bytes };
  }

  #publish(body: Buffer): Reply {
    const outcome = verifyTask(JSON.parse(body.toString()), this.#projectKey.publicKey, Date.now());
    if (!outcome.ok) return refuse(422, 'untrusted-task', outcome.reason);
    if (!this.blobs.has(outcome.manifest.bundle)) return refuse(404, 'not-found', 'The bundle is not stored.');
    this.tasks.set(outcome.id, outcome.manifest);
    return answer({ id: outcome.id, manifest: outcome.manifest, author: 'ada', publishedAt: 0 });
  }

  #create({ task, title, key, inputs }: { task: string; title: string; key: string; inputs: { kind: string } }): FakeJob {
    const known = [...this.jobs.values()].find((job) => job.key === key);
    if (known !== undefined) return known;
    const id = `job_${String(this.jobs.size).padStart(22, '0')}` as JobId;
    const job: FakeJob = { id, task, title, key, chunks: [], rows: [], state: inputs.kind === 'stream' ? 'open' : 'done' };
    this.jobs.set(id, job);
    return job;
  }

  #append(job: FakeJob, chunk: number, body: string, close: boolean): Reply {
    const digest = digestOf(body);
    const stored = job.chunks[chunk];
    if (stored !== undefined) {
      if (stored.digest !== digest) return refuse(409, 'conflict', `Chunk ${chunk} was stored with other lines.`);
      return answer({ chunk, firstIndex: stored.firstIndex, count: stored.count, repeated: true });
    }
    if (job.state !== 'open') return refuse(409, 'conflict', 'The job takes no more inputs.');
    if (chunk !== job.chunks.length) return refuse(409, 'conflict', `Chunk ${job.chunks.length} comes first.`);
    const lines = body === '' ? [] : body.split('\n');
    const [firstIndex, count] = [job.rows.length, lines.length];
    job.chunks.push({ digest, firstIndex, count });
    for (const line of lines) job.rows.push(this.#row(line, job.rows.length));
    if (close) job.state = 'done';
    return answer({ chunk, firstIndex, count, repeated: false });
  }

  /** Which unit the row is about: a later one corrects an earlier one of the same. */
  indexOf: (row: number) => number = (row) => row;

  #row(line: string, index: number): ResultRow {
    const payload = payloadOf(line);
    const text = typeof payload === 'string' ? payload : String(this.blobs.get(payload.blob));
    const outcome = this.compute(decodeValue(text, { blob: (digest) => this.blobs.get(digest) as Buffer }), index);
    const base = { cursor: String(index + 1), index: this.indexOf(index), input: payload, verifiedBy: [], replicas: 1, endedAt: 0 };
    if ('error' in outcome) return { ...base, status: 'failed', error: { kind: 'thrown', message: outcome.error } };
    const { line: output, blobs } = encodeInput(outcome.output, index);
    for (const [digest, bytes] of blobs) this.blobs.set(digest, Buffer.from(bytes));
    return { ...base, status: 'ok', output: payloadOf(output) };
  }

  /** Ends when the job has, if following; breaks off after `most` rows. */
  #results(response: ServerResponse, job: FakeJob, { searchParams }: URL, most: number): void {
    let at = Number(searchParams.get('after') ?? 0);
    let sent = 0;
    const pump = (): void => {
      while (at < job.rows.length && sent < most) {
        sent++;
        this.onRow();
        if (response.write(`${JSON.stringify(job.rows[at++])}\n`)) continue;
        response.once('drain', pump);
        return;
      }
      if (sent >= most) response.destroy();
      else if (searchParams.get('follow') !== 'true' || job.state !== 'open') response.end();
      else if (!response.destroyed) setTimeout(pump, 5);
    };
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    pump();
  }

  #view(job: FakeJob) {
    const units = {
      total: job.rows.length,
      waiting: 0,
      running: 0,
      verifying: 0,
      provisional: 0,
      final: job.rows.length,
      failed: 0,
      cancelled: 0,
    };
    return {
      id: job.id,
      task: job.task,
      taskName: 'fake',
      title: job.title,
      author: 'ada',
      state: job.state,
      verify: { kind: 'proof' },
      createdAt: 0,
      finishedAt: null,
      units,
      resultsPerUnit: null,
      unitsPerSecond: 0,
      remainingMs: null,
      hosts: 0,
    };
  }
}

function payloadOf(line: string): Payload {
  const [digest, bytes] = line.slice(1).split(' ');
  return line.startsWith('@') ? ({ blob: digest, bytes: Number(bytes) } as Payload) : line;
}

interface Reply {
  readonly status: number;
  readonly body: string | Buffer;
}

const answer = (body: unknown): Reply => ({ status: 200, body: JSON.stringify(body) });
const refuse = (status: number, code: string, message: string): Reply => ({ status, body: JSON.stringify({ error: { code, message } }) });
