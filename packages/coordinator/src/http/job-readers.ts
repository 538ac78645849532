/**
 * Who may read what of a job's units (HT25, HT26). Results and stories are for everybody, but not while they could help a cheat: an answer that can
 * be read need not be computed, and whoever can ask which answers are known can tell a canary from work (I21).
 */
import type { FastifyRequest } from 'fastify';
import type { Job } from '../domain/job.ts';
import type { Auth } from './auth.ts';
import { Refusal } from './refusal.ts';

/** Whether this is the job's author or the operator. Without a token it is nobody. */
export async function isInsider(auth: Auth, request: FastifyRequest, job: Job): Promise<boolean> {
  if (request.headers.authorization === undefined) return false;
  const caller = await auth.caller(request);
  return caller.kind === 'admin' || caller.author.name === job.author;
}

/** Throws `unauthorized` or `forbidden` for anybody else. */
export async function requireInsider(auth: Auth, request: FastifyRequest, job: Job): Promise<void> {
  await auth.caller(request);
  if (!(await isInsider(auth, request, job)))
    throw new Refusal('forbidden', `This is for ${job.author}, whose job it is, and for the operator.`);
}

/** Says who reads. Throws `forbidden` where this is not for everybody yet. `hasEnded`: whether what is read is about units that have ended. */
export async function readerOf(auth: Auth, request: FastifyRequest, job: Job, hasEnded: boolean): Promise<'insider' | 'anybody'> {
  if (await isInsider(auth, request, job)) return 'insider';
  const { author, verify, endedAt } = job;
  if (endedAt !== null) return 'anybody';
  if (verify.kind === 'confidence')
    throw new Refusal(
      'forbidden',
      `While this job runs, what became of its units is for its author, ${author}: volunteers are checked on units whose answer is known, and must not be able to tell which. Ask again when the job has ended.`,
    );
  if (hasEnded) return 'anybody';
  throw new Refusal(
    'forbidden',
    `While a unit is worked on, what came back for it is for its author, ${author}: an answer that can be read need not be computed. Ask again when the unit has ended.`,
  );
}
