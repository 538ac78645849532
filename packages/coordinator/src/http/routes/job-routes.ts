import { createJobSchema, type JobId, jobIdSchema } from '@manyhands/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Job } from '../../domain/job.ts';
import { checked, found, granted } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { isInsider } from '../job-readers.ts';
import { jobParams, pageLimit } from './params.ts';

const listQuery = z.object({ limit: pageLimit(200, 50), after: jobIdSchema.optional() });

export function jobRoutes(app: FastifyInstance, context: HttpContext): void {
  const { auth, board, coordinator, events, reads } = context;
  const loadJob = async (id: JobId): Promise<Job> => found(await reads.loadJob(id), `There is no job ${id} here.`);
  const jobOf = (request: FastifyRequest): Promise<Job> => loadJob(checked(jobParams, request.params, 'the path').id);

  app.get('/v1/jobs', async (request) => {
    const { limit, after } = checked(listQuery, request.query, 'the query');
    const jobs = await board.jobs(limit, after ?? null);
    return { jobs, next: jobs.length < limit ? null : (jobs.at(-1)?.id ?? null) };
  });

  app.get('/v1/jobs/:id', async (request) => board.job(await jobOf(request)));
  app.get('/v1/jobs/:id/map', async (request) => {
    const job = await jobOf(request);
    return board.map(job, await isInsider(context.auth, request, job));
  });

  app.post('/v1/jobs', async (request, reply) => {
    const author = await auth.author(request);
    const wanted = checked(createJobSchema, request.body, 'the body');
    const job = granted(await coordinator.createJob({ ...wanted, author: author.name }));
    events.jobCreated(job.id, author.name);
    return reply
      .code(201)
      .header('location', `/v1/jobs/${job.id}`)
      .send(await board.job(job));
  });

  const cancel = async (request: FastifyRequest) => {
    const caller = await auth.caller(request);
    const { id } = checked(jobParams, request.params, 'the path');
    const author = caller.kind === 'admin' ? null : caller.author.name;
    const job = granted(await coordinator.cancelJob(id, author));
    events.jobCancelled(id, author ?? 'the operator');
    return board.job(job);
  };
  app.delete('/v1/jobs/:id', cancel);
  app.post('/v1/jobs/:id/cancel', cancel);
}
