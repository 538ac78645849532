import { digestOf } from '@manyhands/identity';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { BlobStore } from '../../ports/blob-store.ts';
import { checked, granted } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { Refusal } from '../refusal.ts';
import { parseUnitLines, type UnitLines } from '../unit-lines.ts';
import { indexText, jobParams, yesNo } from './params.ts';

const chunkQuery = z.object({ chunk: indexText, close: yesNo });
const NDJSON = ['application/x-ndjson', 'application/jsonl'];
/** Blob names looked up at once. */
const LOOKUPS = 64;

/** Inputs streamed in, a chunk a request. The body is read only from whoever may send it. */
export function unitRoutes(app: FastifyInstance, { auth, blobs, coordinator, limits }: HttpContext): void {
  app.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post(
    '/v1/jobs/:id/units',
    {
      bodyLimit: limits.unitsBytes,
      config: { longLived: true },
      onRequest: async (request) => void (await auth.author(request)),
    },
    async (request) => {
      const author = await auth.author(request);
      const { id: job } = checked(jobParams, request.params, 'the path');
      const { chunk, close } = checked(chunkQuery, request.query, 'the query');
      const { bytes, count, blobs: named } = linesOf(request.body, chunk);
      if (count === 0 && !close)
        throw new Refusal('bad-request', `Chunk ${chunk} holds no units. Send at least one line, or close=true to say that no more come.`);
      await requireStored(blobs, named, chunk);
      return granted(
        await coordinator.appendUnits({ job, author: author.name, chunk, lines: bytes.toString(), count, digest: digestOf(bytes), close }),
      );
    },
  );
}

function linesOf(body: unknown, chunk: number): UnitLines {
  if (body !== undefined && body !== null && !Buffer.isBuffer(body)) {
    throw new Refusal('unsupported', `Send units as ${NDJSON[0]}, one input a line.`);
  }
  const outcome = parseUnitLines(body ?? Buffer.alloc(0));
  if (outcome.ok) return outcome.lines;
  throw new Refusal('bad-request', `Chunk ${chunk}: ${outcome.message}. Nothing of the chunk was stored.`);
}

async function requireStored(blobs: BlobStore, named: UnitLines['blobs'], chunk: number): Promise<void> {
  for (let i = 0; i < named.length; i += LOOKUPS) {
    const batch = named.slice(i, i + LOOKUPS);
    const sizes = await Promise.all(batch.map(({ payload }) => blobs.size(payload.blob)));
    const at = batch.findIndex(({ payload }, k) => sizes[k] !== payload.bytes);
    const wrong = batch[at];
    if (wrong === undefined) continue;
    const { line, payload } = wrong;
    const problem = sizes[at] === null ? 'is not stored here; PUT it first' : `has ${sizes[at]} bytes, not ${payload.bytes}`;
    throw new Refusal(
      'bad-request',
      `Chunk ${chunk}: line ${line} names ${payload.blob}, which ${problem}. Nothing of the chunk was stored.`,
    );
  }
}
