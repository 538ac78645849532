import { Readable } from 'node:stream';
import type { JobId } from '@manyhands/protocol';
import { type Grid, SdkError } from '@manyhands/task-sdk';
import { expect, test } from 'vitest';
import { evidenceOf } from './evidence-source.ts';
import { linesIn } from './lines-in.ts';

const JOB = `job_${'x'.repeat(22)}` as JobId;
const HEAD = '{"type":"job"}';
const unit = (index: number): string => `{"type":"unit","index":${index}}`;
const END = '{"type":"end"}';

/** A coordinator whose connections carry so much each, and then break, or end as if that was all. */
function coordinator(connections: { readonly sends: readonly string[]; readonly breaks: boolean }[], rows: readonly object[] = []) {
  const paths: string[] = [];
  const pauses: number[] = [];
  const send = async ({ path }: { path: string }): Promise<Response> => {
    paths.push(path.slice(path.indexOf('/evidence')));
    const { sends, breaks } = connections[paths.length - 1] ?? { sends: [], breaks: true };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from(sends.join('')));
        if (!breaks) controller.close();
      },
      pull(controller) {
        controller.error(new TypeError('terminated'));
      },
    });
    return new Response(body);
  };
  const requester = { send, pause: async (tries: number) => pauses.push(tries) };
  const results = async function* (_job: JobId, after: string | null) {
    yield* rows.slice(Number(after ?? 0));
  };
  return { api: { requester, results } as unknown as Grid['api'], paths, pauses };
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}
const toLines = (...lines: string[]): string[] => lines.map((line) => `${line}\n`);
const delivered = (index: number) => ({ cursor: String(index + 1), index, status: 'ok', output: '1' });

test('[CL16] evidence goes on behind the last whole unit when the connection breaks, or the coordinator stops', async () => {
  const { api, paths, pauses } = coordinator(
    [
      { sends: [], breaks: true },
      { sends: [...toLines(HEAD, unit(0)), unit(1).slice(0, 9)], breaks: true },
      { sends: [...toLines(HEAD, unit(1)), unit(2).slice(0, 9)], breaks: false },
      { sends: toLines(HEAD, unit(2)), breaks: false },
      { sends: toLines(HEAD, END), breaks: false },
    ],
    [delivered(0), { cursor: '2', index: 1, status: 'failed' }, delivered(2)],
  );
  expect(await all(evidenceOf(api, JOB))).toEqual([
    HEAD,
    unit(0),
    unit(1),
    unit(2),
    END,
    '{"type":"output","index":0,"output":"1"}',
    '{"type":"output","index":2,"output":"1"}',
    '{"type":"outputs-end"}',
  ]);
  expect(paths).toEqual(['/evidence', '/evidence', '/evidence?after=0', '/evidence?after=1', '/evidence?after=2']);
  expect(pauses).toEqual([0, 0, 0, 0]);
});

test('[CL16] a connection that only ever breaks is given up, and a refusal at once', async () => {
  const broken = coordinator([]);
  await expect(all(evidenceOf(broken.api, JOB))).rejects.toThrow('terminated');
  expect(broken.pauses).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const refusing = coordinator([]);
  refusing.api.requester.send = async () => {
    throw new SdkError('refused', 'no');
  };
  await expect(all(evidenceOf(refusing.api, JOB))).rejects.toThrow('no');
  expect(refusing.pauses).toEqual([]);
});

test('[CL19] lines are cut where they end, wherever the pieces are', async () => {
  const text = 'één\n\nzwei\ndrei';
  for (let size = 1; size < 20; size++) {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    expect(await all(linesIn(Readable.from(pieces)))).toEqual(['één', '', 'zwei', 'drei']);
  }
});
