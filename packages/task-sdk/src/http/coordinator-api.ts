/** The coordinator's HTTP API as an author uses it, one method a request. Answers are checked against the protocol's schemas. */
import { digestOf } from '@manyhands/identity';
import {
  type CreateJob,
  type Digest,
  type JobId,
  type JobView,
  jobViewSchema,
  type ProjectView,
  projectViewSchema,
  type ResultRow,
  resultRowSchema,
  type SignedTask,
  type TaskView,
  taskViewSchema,
  type UnitsAccepted,
  unitsAcceptedSchema,
} from '@manyhands/protocol';
import * as z from 'zod';
import { SdkError } from '../sdk-error.ts';
import { linesOf } from './lines-of.ts';
import type { Requester } from './requester.ts';

export interface Chunk {
  /** From 0, in order. */
  readonly number: number;
  /** NDJSON, without the last newline. */
  readonly lines: string;
  /** Says that no more inputs will come. */
  readonly close: boolean;
}

export class CoordinatorApi {
  readonly requester: Requester;

  constructor(requester: Requester) {
    this.requester = requester;
  }

  project(): Promise<ProjectView> {
    return this.#read('/v1/project', projectViewSchema);
  }

  publishTask(signed: SignedTask): Promise<TaskView> {
    return this.#write('/v1/tasks', JSON.stringify(signed), taskViewSchema);
  }

  createJob(job: CreateJob): Promise<JobView> {
    return this.#write('/v1/jobs', JSON.stringify(job), jobViewSchema);
  }

  job(id: JobId, signal?: AbortSignal): Promise<JobView> {
    return this.#read(`/v1/jobs/${id}`, jobViewSchema, signal);
  }

  cancelJob(id: JobId): Promise<JobView> {
    return this.#write(`/v1/jobs/${id}/cancel`, '{}', jobViewSchema);
  }

  appendUnits(job: JobId, { number, lines, close }: Chunk): Promise<UnitsAccepted> {
    return this.#write(`/v1/jobs/${job}/units?chunk=${number}&close=${close}`, lines, unitsAcceptedSchema, 'application/x-ndjson');
  }

  /** Stores bytes under their digest, unless they are there already. */
  async putBlob(digest: Digest, bytes: Uint8Array): Promise<void> {
    const path = `/v1/blobs/${digest}`;
    const found = await this.requester.send({ method: 'HEAD', path, accept: [404] });
    if (found.ok) return;
    const stored = await this.requester.send({ method: 'PUT', path, body: bytes, contentType: 'application/octet-stream' });
    await stored.body?.cancel();
  }

  /** The bytes, compared with their name. */
  async getBlob(digest: Digest, signal?: AbortSignal): Promise<Uint8Array> {
    const answer = await this.requester.send({ method: 'GET', path: `/v1/blobs/${digest}`, ...(signal === undefined ? {} : { signal }) });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (digestOf(bytes) === digest) return bytes;
    throw new SdkError('blob', `The coordinator sent other bytes than ${digest} names. Try again; if it persists, its storage is damaged.`);
  }

  /** Rows behind the cursor. With `follow` the answer stays open until the job ends or the connection does. */
  async *results(id: JobId, after: string | null, follow: boolean, signal: AbortSignal): AsyncGenerator<ResultRow, void, void> {
    const query = new URLSearchParams({ follow: String(follow), ...(after === null ? {} : { after }) });
    const { body } = await this.requester.send({ method: 'GET', path: `/v1/jobs/${id}/results?${query}`, signal });
    if (body === null) return;
    for await (const line of linesOf(body)) {
      if (line !== '') yield parse(resultRowSchema, JSON.parse(line), 'a result row');
    }
  }

  /** Any other answer of the API that has no schema of its own here. */
  async json(path: string): Promise<unknown> {
    return (await this.requester.send({ method: 'GET', path })).json();
  }

  async #read<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const answer = await this.requester.send({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
    return parse(schema, await answer.json(), path);
  }

  async #write<T>(path: string, body: string, schema: z.ZodType<T>, contentType = 'application/json'): Promise<T> {
    const answer = await this.requester.send({ method: 'POST', path, body, contentType });
    return parse(schema, await answer.json(), path);
  }
}

function parse<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new SdkError(
    'refused',
    `The coordinator's answer (${what}) is not in the form that this SDK knows: ${z.prettifyError(parsed.error)}. Bring both to the same version.`,
    { answer: { code: 'unknown-form' } },
  );
}
