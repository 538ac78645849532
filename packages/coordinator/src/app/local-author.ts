/**
 * The first author: whoever starts the coordinator may publish on the same machine without ceremony.
 * author.json is what the SDK reads (task-sdk/src/author-file.ts); its address follows the coordinator's.
 */
import { createKeyPair, createSecret, tokenHashOf } from '@manyhands/identity';
import { certificateSchema, publicKeySchema, type SignedText, signedTextSchema } from '@manyhands/protocol';
import * as z from 'zod';
import type { Author } from '../domain/change-set.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { AppError } from './app-error.ts';
import { writeSecret } from './data-folder.ts';
import { type ProjectSecrets, readIfThere } from './project-secrets.ts';

const NAME = 'local';
/** A certificate is renewed at a start within this time of its end. */
const RENEW_MS = 90 * 24 * 3_600_000;

const authorFileSchema = z.strictObject({
  url: z.string(),
  author: z.string(),
  token: z.string().min(1),
  keyPair: z.strictObject({ publicKey: publicKeySchema, privateKey: publicKeySchema }),
  certificate: signedTextSchema,
});
type AuthorFile = z.infer<typeof authorFileSchema>;

export interface LocalAuthorOptions {
  readonly path: string;
  readonly url: string;
  readonly secrets: Pick<ProjectSecrets, 'certify'>;
  readonly authors: readonly Author[];
  readonly coordinator: Pick<Coordinator, 'addAuthor'>;
  readonly now: number;
}

/**
 * Makes the file at the first start, renews its certificate in time, and tells the engine of the author if it does not know of one by that name.
 * Where nothing can be certified (SV13) a file that is there is left as it is, and none is made.
 */
export async function ensureLocalAuthor(options: LocalAuthorOptions): Promise<void> {
  const file = (await readAuthorFile(options.path)) ?? createAuthorFile(options);
  if (file === null) return;
  await saveIfChanged(options.path, { ...file, url: options.url, certificate: renewed(file, options) });
  // A revoked author stays revoked.
  if (options.authors.some((author) => author.name === file.author)) return;
  const outcome = await options.coordinator.addAuthor({
    name: file.author,
    key: file.keyPair.publicKey,
    tokenHash: tokenHashOf(file.token),
    addedAt: options.now,
    revokedAt: null,
  });
  if (!outcome.ok) throw new Error(`the local author was refused: ${outcome.message}`);
}

function createAuthorFile({ url, secrets, now }: LocalAuthorOptions): AuthorFile | null {
  const keyPair = createKeyPair();
  const certificate = secrets.certify({ name: NAME, key: keyPair.publicKey }, now);
  return certificate && { url, author: NAME, token: createSecret(), keyPair, certificate };
}

/** The certificate, or a new one when it has little time left. */
function renewed({ author, keyPair, certificate }: AuthorFile, { secrets, now }: LocalAuthorOptions): SignedText {
  const { expiresAt } = certificateSchema.parse(JSON.parse(certificate.text));
  if (expiresAt - now > RENEW_MS) return certificate;
  return secrets.certify({ name: author, key: keyPair.publicKey }, now) ?? certificate;
}

async function readAuthorFile(path: string): Promise<AuthorFile | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    return authorFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      'damaged',
      `${path} is not an author file. Put it back from a backup, or remove it and have another author added.`,
      error,
    );
  }
}

async function saveIfChanged(path: string, file: AuthorFile): Promise<void> {
  const text = `${JSON.stringify(file, null, 2)}\n`;
  if ((await readIfThere(path)) !== text) await writeSecret(path, text);
}
