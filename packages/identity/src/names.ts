/** Ids that follow from keys and secrets, so that nobody has to hand them out, and random ones. */
import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, HostId } from '@manyhands/protocol';

const shortDigest = (purpose: string, text: string): string =>
  createHash('sha256').update(`${purpose}\n${text}`).digest().subarray(0, 16).toString('base64url');

export const hostIdOf = (hostKey: string): HostId => `host_${shortDigest('manyhands-host', hostKey)}` as HostId;
export const accountIdOf = (accountSecret: string): AccountId => `account_${shortDigest('manyhands-account', accountSecret)}` as AccountId;

/** 32 random bytes, base64url: tokens, nonces, account secrets. */
export const createSecret = (): string => randomBytes(32).toString('base64url');
/** What is stored of a token. */
export const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
