/** Where `verify` takes evidence from: a coordinator, through broken connections, or a file. One line of JSON each. */
import { createReadStream } from 'node:fs';
import type { EvidenceLine, JobId } from '@manyhands/protocol';
import { type Grid, SdkError } from '@manyhands/task-sdk';
import { CliError } from '../failure.ts';
import { linesIn } from './lines-in.ts';

/** The evidence of a job, and behind it what was delivered: whatever is believed there has been delivered by then. */
export async function* evidenceOf(api: Grid['api'], job: JobId): AsyncGenerator<string, void, void> {
  yield* unitsOf(api, job);
  yield* outputsOf(api, job);
  yield JSON.stringify({ type: 'outputs-end' } satisfies EvidenceLine);
}

/** Throws CliError. */
export async function* evidenceIn(file: string): AsyncGenerator<string, void, void> {
  try {
    yield* linesIn(createReadStream(file));
  } catch (error) {
    throw new CliError('data', `The evidence in ${file} cannot be read: ${(error as Error).message}`, error);
  }
}

/** A coordinator that stops in the middle ends the stream as if nothing was missing; only the last line tells. */
async function* unitsOf(api: Grid['api'], job: JobId): AsyncGenerator<string, void, void> {
  const seen = { job: false, last: null as number | null, end: false };
  yield* unbroken(api, async function* () {
    const query = seen.last === null ? '' : `?after=${seen.last}`;
    const { body } = await api.requester.send({ method: 'GET', path: `/v1/jobs/${job}/evidence${query}` });
    for await (const line of linesIn(body as AsyncIterable<Uint8Array>)) {
      const { type, index } = JSON.parse(line) as { type: EvidenceLine['type']; index?: number };
      if (type === 'job' && seen.job) continue;
      yield line;
      seen.job = true;
      seen.last = index ?? seen.last;
      seen.end = type === 'end';
    }
    if (!seen.end) throw new Error('the evidence ended early');
  });
}

async function* outputsOf(api: Grid['api'], job: JobId): AsyncGenerator<string, void, void> {
  let after: string | null = null;
  yield* unbroken(api, async function* () {
    for await (const { cursor, index, output } of api.results(job, after, false, new AbortController().signal)) {
      after = cursor;
      if (output !== undefined) yield JSON.stringify({ type: 'output', index, output } satisfies EvidenceLine);
    }
  });
}

/** Breaks in a row, without a line between them. */
const MOST_BREAKS = 10;

/** Asks again when the connection breaks. `read` goes on behind what it has given. */
async function* unbroken({ requester }: Grid['api'], read: () => AsyncIterable<string>): AsyncGenerator<string, void, void> {
  for (let tries = 0; ; tries++) {
    try {
      for await (const line of read()) {
        tries = 0;
        yield line;
      }
      return;
    } catch (error) {
      if (error instanceof SdkError || tries >= MOST_BREAKS) throw error;
      await requester.pause(tries, (error as Error).message);
    }
  }
}
