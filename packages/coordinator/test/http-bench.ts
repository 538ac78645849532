/** The HTTP server on a free port, over a fake engine, stores in memory and a clock that the test advances; with an author who may publish. */

import { createKeyPair, createSecret, issueCertificate, type KeyPair, signTask, tokenHashOf } from '@manyhands/identity';
import {
  type Certificate,
  type Digest,
  errorBodySchema,
  type JobId,
  type JobView,
  type SignedTask,
  type TaskId,
  type TaskManifest,
} from '@manyhands/protocol';
import { accountId, FakeClock, hostId, leaseId } from '@manyhands/testkit';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createMemoryBlobStore } from '../src/blobs/memory-blob-store.ts';
import type { Author } from '../src/domain/change-set.ts';
import { isShed, type Strain } from '../src/domain/load-shedding.ts';
import { ENGINE_LIMITS } from '../src/engine/engine-limits.ts';
import { HTTP_LIMITS, type HttpLimits } from '../src/http/http-limits.ts';
import { createHttpServer } from '../src/http/http-server.ts';
import { addBlob } from './add-blob.ts';
import { FakeCoordinator } from './fake-coordinator.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body's `error.code`, after its form was checked; null: it is no error. */
  readonly code: string | null;
  readonly message: string;
  json<T = Record<string, unknown>>(): T;
}

const BUNDLE = 'var manyhandsTask = {};';
const YEAR_MS = 365 * 24 * 3_600_000;

export class HttpBench implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly coordinator = new FakeCoordinator();
  readonly blobs = createMemoryBlobStore();
  readonly projectKey: KeyPair = createKeyPair();
  readonly authorKey: KeyPair = createKeyPair();
  readonly token = createSecret();
  readonly adminToken = createSecret();
  readonly events: string[] = [];
  unready: string | null = null;
  strain: Strain = 0;
  /** Whether the private half of the project key is here. */
  hasKey = true;
  app!: FastifyInstance;
  url = '';

  certificate(changes: Partial<Certificate> = {}, signer: KeyPair = this.projectKey) {
    const now = this.clock.now();
    return issueCertificate(
      {
        format: 1,
        projectKey: this.projectKey.publicKey,
        authorKey: this.authorKey.publicKey,
        author: 'ada',
        issuedAt: now,
        expiresAt: now + YEAR_MS,
        ...changes,
      },
      signer,
    );
  }

  manifest(changes: Partial<TaskManifest> = {}): TaskManifest {
    return {
      format: 1,
      name: 'collatz',
      version: '1.0.0',
      title: 'Longest chains',
      license: 'MIT',
      bundle: addBlob(this.blobs, BUNDLE),
      bundleBytes: BUNDLE.length,
      limits: { memoryMB: 64, timeoutMs: 1000, outputBytes: 1000 },
      verify: { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
      math: 'deterministic',
      ...changes,
    };
  }

  signed(manifest = this.manifest(), author = this.authorKey, certificate = this.certificate()): { id: TaskId; signed: SignedTask } {
    return signTask(manifest, author, certificate);
  }

  async open(limits: Partial<HttpLimits> = {}): Promise<this> {
    const { coordinator, clock, blobs } = this;
    const author: Author = { name: 'ada', key: this.authorKey.publicKey, tokenHash: tokenHashOf(this.token), addedAt: 0, revokedAt: null };
    await coordinator.addAuthor(author);
    this.app = await createHttpServer(
      {
        coordinator,
        reads: coordinator.store,
        store: coordinator.store,
        blobs,
        clock,
        project: { name: 'Bench', description: 'd', operator: 'o', projectKey: this.projectKey.publicKey, software: 'manyhands test' },
        adminTokenHash: tokenHashOf(this.adminToken),
        certify: ({ name, key }) => (this.hasKey ? this.certificate({ author: name, authorKey: key }) : null),
        unreadiness: async () => this.unready,
        events: {
          taskPublished: (task, _name, by) => this.events.push(`published ${task} ${by}`),
          taskRefused: (by, reason) => this.events.push(`refused ${by} ${reason}`),
          jobCreated: (job, by) => this.events.push(`created ${job} ${by}`),
          jobCancelled: (job, by) => this.events.push(`cancelled ${job} ${by}`),
          authorAdded: (name) => this.events.push(`added ${name}`),
          authorRevoked: (name) => this.events.push(`revoked ${name}`),
        },
        limits: { ...HTTP_LIMITS, ...limits },
        bounds: ENGINE_LIMITS,
        publicUrl: null,
        trustsProxy: () => false,
        load: { sheds: (work) => isShed(work, this.strain) },
      },
      pino({ level: 'silent' }),
    );
    this.url = await this.app.listen({ host: '127.0.0.1', port: 0 });
    return this;
  }

  async ask(
    method: string,
    path: string,
    options: { body?: unknown; token?: string | null; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { body, token = null, headers = {} } = options;
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    return toAnswer(response, method);
  }

  post(path: string, body: unknown, token: string | null = this.token): Promise<Answer> {
    return this.ask('POST', path, { body, token });
  }

  /** A published task; the same every time. */
  async task(): Promise<TaskId> {
    return (await this.post('/v1/tasks', this.signed().signed)).json<{ id: TaskId }>().id;
  }

  async job(changes: Record<string, unknown> = {}): Promise<JobView> {
    const key = `key-${Math.random()}`;
    const answer = await this.post('/v1/jobs', { task: await this.task(), title: 'A job', key, inputs: { kind: 'stream' }, ...changes });
    return answer.json<JobView>();
  }

  chunk(job: string, number: number, lines: string | Uint8Array, close = false): Promise<Answer> {
    const headers = { 'content-type': 'application/x-ndjson' };
    return this.ask('POST', `/v1/jobs/${job}/units?chunk=${number}&close=${close}`, { body: lines, token: this.token, headers });
  }

  /** As if unit `index` had been computed, believed and committed. */
  async finish(job: JobId, index: number, output: string): Promise<void> {
    const store = this.coordinator.store;
    const at = this.clock.now();
    const holder = { lease: leaseId(index), host: hostId(1), account: accountId(1) };
    const digest = `sha256:${'0'.repeat(64)}` as Digest;
    const current = await store.loadJob(job);
    if (current === null) throw new Error('no such job');
    await store.commit({
      jobs: [
        {
          ...current,
          revision: current.revision + 1,
          nextFresh: Math.max(current.nextFresh, index + 1),
          counts: { ...current.counts, final: current.counts.final + 1 },
        },
      ],
      units: [
        {
          job,
          index,
          revision: 1,
          state: { kind: 'final', digest, at },
          replicas: [{ kind: 'judged', no: 0, ...holder, leasedAt: at, returnedAt: at, digest, valid: true }],
        },
      ],
      results: [{ job, index, no: 0, ...holder, receivedAt: at, elapsedMs: 5, late: false, body: { kind: 'ok', digest, output } }],
      endings: [{ job, index, state: 'final', no: 0, at }],
      postings: [{ job, index, no: 0, kind: 'valid-result', host: holder.host, account: holder.account, microcredits: 5_000_000, at }],
    });
    this.coordinator.announce(job);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
  }
}

async function toAnswer(response: Response, method: string): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  const error =
    status >= 400 && method !== 'HEAD' && headers.get('content-type')?.includes('json')
      ? errorBodySchema.parse(JSON.parse(text)).error
      : null;
  return { status, headers, text, code: error?.code ?? null, message: error?.message ?? '', json: <T>() => JSON.parse(text) as T };
}
