/** Who is asking. Tokens are random and only their hashes are kept; a lookup by hash leaks nothing by its timing. */
import { tokenHashOf } from '@manyhands/identity';
import { type LeaseId, leaseIdSchema } from '@manyhands/protocol';
import type { FastifyRequest } from 'fastify';
import type { Author } from '../domain/change-set.ts';
import { Refusal } from './refusal.ts';

/** `admin`: the holder of the operator's token. */
export type Caller = { readonly kind: 'author'; readonly author: Author } | { readonly kind: 'admin' };

export interface Auth {
  /** Throws `unauthorized` without a token, or with one that is not known or was revoked. */
  caller(request: FastifyRequest): Promise<Caller>;
  /** Throws `forbidden` for the admin token: it is no author's. */
  author(request: FastifyRequest): Promise<Author>;
  admin(request: FastifyRequest): Promise<void>;
  /** Authors were added or revoked. */
  forget(): void;
}

export function createAuth(options: { authors: () => Promise<readonly Author[]>; adminTokenHash: string }): Auth {
  let byTokenHash: Promise<ReadonlyMap<string, Author>> | null = null;
  const load = async () => new Map((await options.authors()).map((author) => [author.tokenHash, author]));

  const caller = async (request: FastifyRequest): Promise<Caller> => {
    const hash = tokenHashOf(bearerTokenOf(request));
    if (hash === options.adminTokenHash) return { kind: 'admin' };
    byTokenHash ??= load();
    const author = (await byTokenHash).get(hash);
    if (author === undefined) throw new Refusal('unauthorized', 'This token is not known here. Check that it belongs to this coordinator.');
    if (author.revokedAt !== null)
      throw new Refusal('unauthorized', `The token of ${author.name} was revoked. Ask the operator for a new one.`);
    return { kind: 'author', author };
  };

  return {
    caller,
    async author(request) {
      const who = await caller(request);
      if (who.kind === 'author') return who.author;
      throw new Refusal('forbidden', "This needs an author's token; the admin token is no author's.");
    },
    async admin(request) {
      if ((await caller(request)).kind !== 'admin')
        throw new Refusal('forbidden', "This needs the operator's admin token (DATA/admin-token).");
    },
    forget: () => {
      byTokenHash = null;
    },
  };
}

function bearerTokenOf(request: FastifyRequest): string {
  const header = request.headers.authorization;
  if (header === undefined) throw new Refusal('unauthorized', 'No token was sent. Add the header `Authorization: Bearer TOKEN`.');
  const token = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(header)?.[1];
  if (token === undefined) throw new Refusal('unauthorized', 'The Authorization header is not `Bearer TOKEN`.');
  return token;
}

/** The lease a worker quotes to upload its output; null: the header is none. */
export function leaseTokenOf(request: FastifyRequest): LeaseId | null {
  const parsed = leaseIdSchema.safeParse(/^Lease (\S+)$/.exec(request.headers.authorization ?? '')?.[1]);
  return parsed.success ? parsed.data : null;
}
