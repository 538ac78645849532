import { createSecret, tokenHashOf } from '@manyhands/identity';
import { LIMITS, publicKeySchema } from '@manyhands/protocol';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { checked, granted } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { Refusal } from '../refusal.ts';

/** Letters and digits of any script; nothing that could pass for markup, a path or another name. */
const authorName = z
  .string()
  .max(LIMITS.nameLength)
  .regex(/^[\p{L}\p{N}]([\p{L}\p{N} ._-]*[\p{L}\p{N}])?$/u, 'may hold letters, digits, spaces, dots, dashes and underscores')
  .refine((name) => name === name.normalize('NFC'), 'must be in Unicode form NFC');
const newAuthor = z.strictObject({ name: authorName, key: publicKeySchema });
const NO_KEY =
  'The project key is kept elsewhere, so nobody can be certified here. Put the whole project-key.json back into the data folder, start again, add the author, and take it away again.';
const authorParams = z.object({ name: authorName });

export function authorRoutes(app: FastifyInstance, { auth, certify, clock, coordinator, events, store }: HttpContext): void {
  app.get('/v1/authors', async (request) => {
    await auth.admin(request);
    return { authors: (await store.authors()).map(({ name, key, addedAt, revokedAt }) => ({ name, key, addedAt, revokedAt })) };
  });

  /** The token is shown this once; only its hash is kept. */
  app.post('/v1/authors', async (request, reply) => {
    await auth.admin(request);
    const { name, key } = checked(newAuthor, request.body, 'the body');
    const token = createSecret();
    const addedAt = clock.now();
    const certificate = certify({ name, key }, addedAt);
    if (certificate === null) throw new Refusal('forbidden', NO_KEY);
    granted(await coordinator.addAuthor({ name, key, tokenHash: tokenHashOf(token), addedAt, revokedAt: null }));
    auth.forget();
    events.authorAdded(name);
    return reply.code(201).send({ author: name, token, certificate });
  });

  app.delete('/v1/authors/:name', async (request) => {
    await auth.admin(request);
    const { name } = checked(authorParams, request.params, 'the path');
    const { revokedAt } = granted(await coordinator.revokeAuthor(name));
    auth.forget();
    events.authorRevoked(name);
    return { author: name, revokedAt };
  });
}
