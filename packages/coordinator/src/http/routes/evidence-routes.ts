/** Why answers are believed: a job's evidence for `verify`, a unit's story for `explain`. */
import { Readable } from 'node:stream';
import type { EvidenceLine } from '@manyhands/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Job } from '../../domain/job.ts';
import { hasEnded, type UnitRef, type WorkUnit } from '../../domain/work-unit.ts';
import { checked, found } from '../checked.ts';
import { goneSignal } from '../gone-signal.ts';
import type { HttpContext } from '../http-context.ts';
import { readerOf, requireInsider } from '../job-readers.ts';
import { Refusal } from '../refusal.ts';
import { toJobLine, toUnitLine } from '../views/evidence-view.ts';
import { toUnitView, type UnitFacts, withoutCanaries } from '../views/unit-view.ts';
import { indexText, jobParams } from './params.ts';

const unitParams = jobParams.extend({ index: indexText });
/** `after`: the index of the last unit already known. */
const evidenceQuery = z.object({
  after: indexText.optional(),
  limit: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER),
});
/** Bounds what one reader holds in memory: each unit may have ten results of 128 KiB (I42). */
const PAGE_UNITS = 32;

export function evidenceRoutes(app: FastifyInstance, context: HttpContext): void {
  const { auth, closing, reads } = context;
  const jobOf = async (request: FastifyRequest): Promise<Job> => {
    const { id } = checked(jobParams, request.params, 'the path');
    return found(await reads.loadJob(id), `There is no job ${id} here.`);
  };

  app.get('/v1/jobs/:id/units/:index', async (request) => {
    const job = await jobOf(request);
    const { id, index } = checked(unitParams, request.params, 'the path');
    if (index >= job.unitCount) throw new Refusal('not-found', `Job ${id} has ${job.unitCount} units; there is none with index ${index}.`);
    const facts = await factsOf(context, { job: id, index });
    const reader = await readerOf(auth, request, job, facts.unit !== null && hasEnded(facts.unit));
    return toUnitView({ index }, job, reader === 'insider' ? facts : withoutCanaries(facts));
  });

  app.get('/v1/jobs/:id/evidence', { config: { longLived: true } }, async (request, reply) => {
    const job = await jobOf(request);
    await requireInsider(auth, request, job);
    const query = checked(evidenceQuery, request.query, 'the query');
    const lines = evidenceLines(context, job, { ...query, gone: goneSignal(reply, closing) });
    return reply
      .type('application/x-ndjson; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(lines, { objectMode: false }));
  });
}

async function factsOf({ reads, store }: HttpContext, ref: UnitRef): Promise<UnitFacts> {
  const [unit, results, postings] = await Promise.all([reads.loadUnit(ref), reads.evidence(ref), reads.postings(ref)]);
  const input = found((await store.loadInputs([ref]))[0] ?? null, `The input of unit ${ref.index} is not stored.`);
  return { input, unit, results, postings, names: await namesIn(reads, unit) };
}

/** What the accounts that held a replica of it go by. */
async function namesIn(reads: HttpContext['reads'], unit: WorkUnit | null): Promise<Record<string, string>> {
  const held = unit?.replicas.flatMap((replica) => (replica.kind === 'ready' ? [] : [replica.account])) ?? [];
  const earners = await Promise.all([...new Set(held)].map((account) => reads.earner('account', account)));
  return Object.fromEntries(earners.flatMap((earner) => (earner?.name == null ? [] : [[earner.id, earner.name]])));
}

async function* evidenceLines(
  { bounds, reads }: HttpContext,
  job: Job,
  { after = -1, limit, gone }: { readonly after?: number | undefined; readonly limit: number; readonly gone: AbortSignal },
): AsyncGenerator<string, void, undefined> {
  yield lineOf(toJobLine(job, bounds));
  let last = after;
  for (let left = limit; !gone.aborted; ) {
    // Where none is wanted any more, one tells that there are more.
    const units = await reads.units(job.id, last, Math.max(1, Math.min(PAGE_UNITS, left)));
    if (units.length === 0) yield lineOf({ type: 'end' });
    if (units.length === 0 || left === 0) return;
    const lines = await Promise.all(units.map(async (unit) => lineOf(toUnitLine(unit, await reads.evidence(unit)))));
    yield lines.join('');
    left -= units.length;
    last = units.at(-1)?.index ?? last;
  }
}

const lineOf = (line: EvidenceLine): string => `${JSON.stringify(line)}\n`;
