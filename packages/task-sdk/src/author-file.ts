/** The author file: who an author is towards one coordinator. Secret; `manyhands serve` and `manyhands admin author add` write it. */
import { readFileSync } from 'node:fs';
import { publicKeySchema, signedTextSchema } from '@manyhands/protocol';
import * as z from 'zod';
import { SdkError } from './sdk-error.ts';

export const authorFileSchema = z.object({
  /** Base address of the coordinator. */
  url: z.url({ protocol: /^https?$/ }),
  /** The author's name, as certified. */
  author: z.string().min(1),
  /** Bearer token of the HTTP API. */
  token: z.string().min(1),
  keyPair: z.object({ publicKey: publicKeySchema, privateKey: publicKeySchema }),
  /** The project key's word that this key may publish tasks. */
  certificate: signedTextSchema,
});
export type AuthorFile = z.infer<typeof authorFileSchema>;

/** Throws SdkError `config`. */
export function readAuthorFile(path: string): AuthorFile {
  const parsed = authorFileSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new SdkError(
    'config',
    `${path} is not an author file (${z.prettifyError(parsed.error).replaceAll('\n', ' ')}). Ask the coordinator's operator for yours.`,
  );
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SdkError(
      'config',
      `The author file ${path} cannot be read (${(error as Error).message}). \`manyhands serve\` writes one as author.json into its data folder.`,
      { cause: error },
    );
  }
}
