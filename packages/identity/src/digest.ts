import { createHash, hash } from 'node:crypto';
import type { Digest } from '@manyhands/protocol';

/** The name of these bytes; a string is taken as UTF-8. */
export const digestOf = (content: string | Uint8Array): Digest => `sha256:${hash('sha256', content, 'hex')}` as Digest;

/** Names bytes that arrive in pieces. */
export class Digester {
  readonly #hash = createHash('sha256');
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}` as Digest;
  }
}
