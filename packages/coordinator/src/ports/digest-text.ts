import type { Digest } from '@manyhands/protocol';

/** The SHA-256 name of a text's UTF-8 bytes. A port because the engine imports no library, not even Node's. */
export type DigestText = (text: string) => Digest;
