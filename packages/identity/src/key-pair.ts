import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { SIGNING_DOMAINS, type SigningDomain } from '@manyhands/protocol';

/** An ed25519 key: both halves 32 bytes, base64url. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export function createKeyPair(): KeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { publicKey: x as string, privateKey: d as string };
}

/** Throws when the two halves are malformed; use it on keys read from disk before relying on them. */
function privateKeyObject(pair: KeyPair): KeyObject {
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x: pair.publicKey, d: pair.privateKey }, format: 'jwk' });
}

const messageOf = (domain: SigningDomain, text: string): Buffer => Buffer.from(`${SIGNING_DOMAINS[domain]}\n${text}`);

/** Signs `text` for one purpose only; base64url. */
export function signText(domain: SigningDomain, text: string, pair: KeyPair): string {
  return sign(null, messageOf(domain, text), privateKeyObject(pair)).toString('base64url');
}

/** False for a wrong signature and for anything malformed. */
export function verifyText(domain: SigningDomain, text: string, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, messageOf(domain, text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}
