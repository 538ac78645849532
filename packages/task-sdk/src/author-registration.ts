/** What an operator does about authors. The author's key is made here and its private half never reaches the coordinator. */
import { createKeyPair } from '@manyhands/identity';
import { signedTextSchema } from '@manyhands/protocol';
import * as z from 'zod';
import type { AuthorFile } from './author-file.ts';
import { realTiming } from './http/patience.ts';
import { Requester } from './http/requester.ts';

export interface OperatorAccess {
  readonly url: string;
  /** The content of DATA/admin-token. */
  readonly adminToken: string;
}

const PATIENCE_MS = 3_000;
const registrationSchema = z.object({ author: z.string(), token: z.string(), certificate: signedTextSchema });

const requesterOf = ({ url, adminToken }: OperatorAccess): Requester =>
  new Requester({ url, token: adminToken, patienceMs: PATIENCE_MS, timing: realTiming });

/** The new author's file: hand it over safely, it is shown this once. Throws SdkError. */
export async function registerAuthor(access: OperatorAccess, name: string): Promise<AuthorFile> {
  const keyPair = createKeyPair();
  const body = JSON.stringify({ name, key: keyPair.publicKey });
  const answer = await requesterOf(access).send({ method: 'POST', path: '/v1/authors', body, contentType: 'application/json' });
  return { url: access.url, ...registrationSchema.parse(await answer.json()), keyPair };
}

/** The author's token opens nothing any more. Tasks and jobs that are there go on. */
export async function revokeAuthor(access: OperatorAccess, name: string): Promise<void> {
  await requesterOf(access).send({ method: 'DELETE', path: `/v1/authors/${encodeURIComponent(name)}` });
}
