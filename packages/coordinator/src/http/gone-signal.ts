import type { FastifyReply } from 'fastify';

/** Aborts when the other end has gone, when the answer is complete, or when the server closes. */
export function goneSignal(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, closing]);
}
