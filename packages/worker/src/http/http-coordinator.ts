/** The coordinator's HTTP routes, as far as a volunteer needs them. */
import { type LeaseRef, type ProjectView, projectViewSchema, type SignedTask, signedTaskSchema } from '@manyhands/protocol';
import * as z from 'zod';
import type { Answer, BlobStream, CoordinatorApi } from '../ports/coordinator-api.ts';
import { readText, request } from './http-answer.ts';

const taskAnswerSchema = z.object({ signed: signedTaskSchema });

/** What a volunteer may see before joining. */
export const fetchProject = (base: URL, signal: AbortSignal): Promise<Answer<ProjectView>> =>
  getJson(new URL('v1/project', base), projectViewSchema, signal);

/** `base` ends with a slash. */
export function createHttpCoordinator(base: URL): CoordinatorApi {
  const route = (path: string): URL => new URL(path, base);
  return {
    fetchTask: (id, signal) => fetchTask(route(`v1/tasks/${id}`), signal),
    openBlob: (digest, from, signal) => openBlob(route(`v1/blobs/${digest}`), from, signal),
    uploadOutput: (lease, digest, bytes, signal) => uploadOutput(route(`v1/blobs/${digest}`), lease, bytes, signal),
  };
}

async function fetchTask(url: URL, signal: AbortSignal): Promise<Answer<SignedTask>> {
  const answer = await getJson(url, taskAnswerSchema, signal);
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.signed } : answer;
}

async function openBlob(url: URL, from: number, signal: AbortSignal): Promise<Answer<BlobStream>> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const answer = await request(url, { headers }, signal);
  if (answer.kind !== 'ok') return answer;
  const { status, body } = answer.value;
  return { kind: 'ok', value: { from: status === 206 ? from : 0, bytes: body ?? nothing() } };
}

async function uploadOutput(url: URL, { lease, job, index }: LeaseRef, bytes: Uint8Array, signal: AbortSignal): Promise<Answer<null>> {
  url.searchParams.set('job', job);
  url.searchParams.set('index', String(index));
  const headers = { authorization: `Lease ${lease}`, 'content-type': 'application/octet-stream' };
  const answer = await request(url, { method: 'PUT', headers, body: Buffer.from(bytes) }, signal);
  return answer.kind === 'ok' ? { kind: 'ok', value: null } : answer;
}

async function getJson<T>(url: URL, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
  const answer = await request(url, { headers: { accept: 'application/json' } }, signal);
  if (answer.kind !== 'ok') return answer;
  const text = await readText(answer.value);
  if (text.kind !== 'ok') return text;
  try {
    return { kind: 'ok', value: schema.parse(JSON.parse(text.value)) };
  } catch {
    return { kind: 'refused', reason: `${url} did not answer what the protocol says; is it a Manyhands coordinator?` };
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
