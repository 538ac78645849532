import { Readable } from 'node:stream';
import type { ResultRow } from '@manyhands/protocol';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../../ports/clock.ts';
import { checked, found } from '../checked.ts';
import { CSV_HEADER, toCsvRow } from '../csv-row.ts';
import { cursorText, placeIn, toCursor } from '../cursor.ts';
import { goneSignal } from '../gone-signal.ts';
import type { HttpContext } from '../http-context.ts';
import { readerOf } from '../job-readers.ts';
import { resultPages } from '../result-pages.ts';
import type { StreamSlots } from '../stream-slots.ts';
import { jobParams, yesNo } from './params.ts';

const resultsQuery = z.object({
  after: cursorText.default({ epoch: 1, place: 0 }),
  limit: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER),
  follow: yesNo,
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
});
const CONTENT_TYPES = { ndjson: 'application/x-ndjson; charset=utf-8', csv: 'text/csv; charset=utf-8' } as const;
/** An empty line so often tells a reader, and everything between, that the other end lives. NDJSON readers skip it. */
const SIGN_OF_LIFE_MS = 15_000;

type Pages = AsyncIterable<readonly ResultRow[]>;

export function resultRoutes(app: FastifyInstance, context: HttpContext, slots: StreamSlots): void {
  app.get('/v1/jobs/:id/results', { config: { longLived: true } }, async (request, reply) => {
    const { id: job } = checked(jobParams, request.params, 'the path');
    const { format, after, limit, follow } = checked(resultsQuery, request.query, 'the query');
    await readerOf(context.auth, request, found(await context.reads.loadJob(job), `There is no job ${job} here.`), true);
    const { epoch } = context.store;
    const query = { job, after: placeIn(epoch, after), limit, follow };
    const slot = follow ? slots.take() : null;
    reply.raw.once('close', () => slot?.[Symbol.dispose]());
    const pages = resultPages(context, query, goneSignal(reply, context.closing));
    const text = format === 'csv' ? csvText(pages) : ndjsonText(pages, { clock: context.clock, follow, epoch });
    return reply
      .type(CONTENT_TYPES[format])
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(text, { objectMode: false }));
  });
}

async function* ndjsonText(
  pages: Pages,
  { clock, follow, epoch }: { clock: Clock; follow: boolean; epoch: number },
): AsyncGenerator<string, void, undefined> {
  const lineOf = (row: ResultRow): string => `${JSON.stringify({ ...row, cursor: toCursor(epoch, row.cursor) })}\n`;
  // A follower is told at once that it was heard: its headers leave with the first byte.
  let saidAt = follow ? Number.NEGATIVE_INFINITY : clock.now();
  for await (const rows of pages) {
    const silentMs = clock.now() - saidAt;
    if (rows.length === 0 && silentMs < SIGN_OF_LIFE_MS) continue;
    saidAt = clock.now();
    yield rows.length === 0 ? '\n' : rows.map(lineOf).join('');
  }
}

async function* csvText(pages: Pages): AsyncGenerator<string, void, undefined> {
  yield CSV_HEADER;
  for await (const rows of pages) if (rows.length > 0) yield rows.map(toCsvRow).join('');
}
