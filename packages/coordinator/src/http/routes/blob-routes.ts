import type { Digest } from '@manyhands/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { leaseTokenOf } from '../auth.ts';
import { parseByteRange } from '../byte-range.ts';
import { checked, found } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { Refusal } from '../refusal.ts';
import { blobParams, indexText, jobParams } from './params.ts';

const leaseQuery = z.object({ job: jobParams.shape.id, index: indexText });

/** Bytes named by their digest: written by authors and lease holders, read by anybody who knows the name. */
export function blobRoutes(app: FastifyInstance, context: HttpContext): void {
  // In a scope of its own: here every body is a stream of bytes, whatever it is called.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put('/v1/blobs/:digest', { config: { longLived: true } }, (request, reply) => store(context, request, reply));
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/v1/blobs/:digest',
      config: { longLived: true },
      handler: (request, reply) => serve(context, request, reply),
    });
  });
}

async function store({ auth, blobs, coordinator, limits }: HttpContext, request: FastifyRequest, reply: FastifyReply) {
  const { digest } = checked(blobParams, request.params, 'the path');
  const limitBytes = await uploadLimit({ auth, coordinator, limits }, request);
  const tooLarge = () => new Refusal('too-large', `This blob may have at most ${limitBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  // The request outlives a store that stops reading, so that the refusal can be told.
  const outcome = await blobs.put(digest, request.raw.iterator({ destroyOnReturn: false }), limitBytes);
  if (outcome.kind === 'too-large') throw tooLarge();
  if (outcome.kind === 'digest-mismatch') {
    throw new Refusal('digest-mismatch', `These bytes are ${outcome.actual}, not ${digest}. Nothing was stored; send them again.`, {
      actual: outcome.actual,
    });
  }
  return reply.code(201).send({ digest, bytes: outcome.bytes });
}

/** Bytes this caller may store: an author's limit, or what is left to the holder of a lease for its output. */
async function uploadLimit(
  { auth, coordinator, limits }: Pick<HttpContext, 'auth' | 'coordinator' | 'limits'>,
  request: FastifyRequest,
): Promise<number> {
  const lease = leaseTokenOf(request);
  if (lease === null) {
    await auth.author(request);
    return limits.blobBytes;
  }
  const ref = { lease, ...checked(leaseQuery, request.query, 'the query') };
  const allowance = await coordinator.uploadAllowance(ref);
  if (allowance === null) throw new Refusal('gone', 'This lease has ended or was never given; its output is no longer wanted.');
  return allowance;
}

async function serve({ blobs }: HttpContext, request: FastifyRequest, reply: FastifyReply) {
  const { digest } = checked(blobParams, request.params, 'the path');
  const size = found(await blobs.size(digest), `No blob ${digest} is stored here.`);
  const etag = `"${digest}"`;
  reply.header('etag', etag).header('cache-control', 'public, max-age=31536000, immutable').header('accept-ranges', 'bytes');
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = parseByteRange(ifRange === undefined || ifRange === etag ? request.headers.range : undefined, size);
  if (range.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`).header('cache-control', 'no-store');
    throw new Refusal('range-not-satisfiable', `The blob has ${size} bytes; the range asked for lies outside.`);
  }
  const part = range.kind === 'part' ? { from: range.from, to: range.to } : undefined;
  if (part !== undefined) reply.code(206).header('content-range', `bytes ${part.from}-${part.to}/${size}`);
  reply.type('application/octet-stream').header('content-length', part === undefined ? size : part.to - part.from + 1);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(await opened(blobs, digest, part));
}

async function opened(blobs: HttpContext['blobs'], digest: Digest, part: { from: number; to: number } | undefined) {
  return found(await blobs.open(digest, part), `No blob ${digest} is stored here.`);
}
