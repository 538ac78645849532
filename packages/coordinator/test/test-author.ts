/** An author at a real coordinator, by the author file that it wrote. */
import { readFileSync } from 'node:fs';
import { digestOf, type KeyPair, signTask } from '@manyhands/identity';
import type { CreateJob, JobView, ResultRow, SignedText, TaskId, TaskManifest, UnitsAccepted, VerifyPolicy } from '@manyhands/protocol';

interface AuthorFile {
  readonly url: string;
  readonly token: string;
  readonly keyPair: KeyPair;
  readonly certificate: SignedText;
}

export class TestAuthor {
  readonly file: AuthorFile;

  constructor(path: string) {
    this.file = JSON.parse(readFileSync(path, 'utf8')) as AuthorFile;
  }

  async send<T>(method: string, path: string, body?: string, type = 'application/json'): Promise<T> {
    const { url, token } = this.file;
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async publish(bundle: string, verify: VerifyPolicy): Promise<TaskId> {
    const digest = digestOf(bundle);
    await this.send('PUT', `/v1/blobs/${digest}`, bundle, 'application/octet-stream');
    const manifest: TaskManifest = {
      format: 1,
      name: 'square',
      version: '1.0.0',
      title: 'Squares',
      license: 'MIT',
      bundle: digest,
      bundleBytes: Buffer.byteLength(bundle),
      limits: { memoryMB: 64, timeoutMs: 5_000, outputBytes: 1_000 },
      verify,
      math: 'deterministic',
    };
    const { id, signed } = signTask(manifest, this.file.keyPair, this.file.certificate);
    await this.send('POST', '/v1/tasks', JSON.stringify(signed));
    return id;
  }

  create(task: TaskId, changes: Partial<CreateJob> = {}): Promise<JobView> {
    const job: CreateJob = { task, title: 'A job', key: 'the only one', inputs: { kind: 'stream' }, ...changes };
    return this.send('POST', '/v1/jobs', JSON.stringify(job));
  }

  append(job: string, chunk: number, lines: readonly string[], close = false): Promise<UnitsAccepted> {
    return this.send('POST', `/v1/jobs/${job}/units?chunk=${chunk}&close=${close}`, lines.join('\n'), 'application/x-ndjson');
  }

  job(id: string): Promise<JobView> {
    return this.send('GET', `/v1/jobs/${id}`);
  }

  /** Rows behind `after`, until the job has ended. */
  async *follow(job: string, after = '0'): AsyncGenerator<ResultRow, void, void> {
    const { url, token } = this.file;
    const answer = await fetch(`${url}/v1/jobs/${job}/results?follow=true&after=${after}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    let rest = '';
    for await (const piece of answer.body ?? []) {
      const lines = (rest + Buffer.from(piece).toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as ResultRow;
    }
  }
}
