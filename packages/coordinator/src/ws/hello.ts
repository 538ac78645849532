/** Whether a hello proves its host key, and who the host then is. No effect of any kind comes before this (I41). */
import { accountIdOf, hostIdOf, verifyText } from '@manyhands/identity';
import { type CloseCode, type Hello, negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@manyhands/protocol';
import type { HostIdentity } from '../engine/coordinator.ts';

export type HelloOutcome =
  | { readonly ok: true; readonly identity: HostIdentity }
  | { readonly ok: false; readonly code: CloseCode; readonly reason: string };

export function checkHello(hello: Hello, nonce: string): HelloOutcome {
  const protocol = negotiateVersion(hello.protocol);
  if (protocol === null) return { ok: false, code: 4001, reason: versionReason(hello) };
  if (!verifyText('hello', nonce, hello.signature, hello.hostKey)) {
    return { ok: false, code: 4002, reason: 'hello is not signed by its host key over this nonce' };
  }
  const { hostKey, cores, software, engine, gflops = null } = hello;
  const account = accountIdOf(hello.accountSecret);
  const displayName = toShownName(hello.displayName);
  const team = toShownName(hello.team ?? null);
  return {
    ok: true,
    identity: { host: hostIdOf(hostKey), account, hostKey, displayName, team, cores, gflops, software, engine, protocol },
  };
}

/** Controls and marks that turn the direction of writing: a name must not rearrange the page or the terminal that shows it. */
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** null: anonymous. */
const toShownName = (name: string | null): string | null => name?.toWellFormed().normalize('NFC').replaceAll(UNSHOWN, '').trim() || null;

function versionReason({ protocol: { oldest, newest } }: Hello): string {
  const remedy = newest < OLDEST_PROTOCOL_VERSION ? 'update the worker' : 'this coordinator is older: ask its operator to update';
  return `you speak protocol ${oldest}-${newest}, this coordinator ${OLDEST_PROTOCOL_VERSION}-${PROTOCOL_VERSION}: ${remedy}`;
}
