/** The one place where an error becomes an answer: `{ error: { code, message, details? } }` with the status of ERROR_STATUS. */
import { randomUUID } from 'node:crypto';
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from '@manyhands/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

export function mapErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => answer(request, reply, toRefusal(error, request)));
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, new Refusal('not-found', `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`)),
  );
}

export function answer(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="manyhands"');
  if (ERROR_STATUS[refusal.code] === 503) reply.header('retry-after', '5');
  // What is left of a body that was not read must not be taken for the next request.
  if (!request.raw.complete) reply.header('connection', 'close');
  return reply
    .code(ERROR_STATUS[refusal.code])
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(toBody(refusal)));
}

export const toBody = ({ code, message, details }: Refusal): ErrorBody => ({
  error: { code, message, ...(details !== undefined && { details }) },
});

const FRAMEWORK_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported',
  FST_ERR_HANDLER_TIMEOUT: 'overloaded',
};

export function toRefusal(error: FastifyError | Refusal, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  const { statusCode = 500, code, message } = error;
  const known = FRAMEWORK_CODES[code];
  if (known !== undefined) return new Refusal(known, message);
  if (code === 'disk-full')
    return new Refusal('overloaded', 'The disk here is full. Nothing was stored; try again when the operator has made room.');
  if (statusCode >= 400 && statusCode < 500) return new Refusal('bad-request', message);
  // Nobody is left to be told, and nothing here has failed.
  if (code === 'ECONNRESET' && request.raw.readableAborted)
    return new Refusal('bad-request', 'The connection ended before the request did.');
  const id = randomUUID();
  request.log.error({ err: error, id, method: request.method, url: request.url }, 'request failed');
  return new Refusal('internal', `Something failed here that should not have. Tell the operator this id: ${id}`, { id });
}
