/** Who this host is, said only to the coordinator that was joined: challenge → hello. */
import { type KeyPair, signText } from '@manyhands/identity';
import { type Downstream, type Hello, negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@manyhands/protocol';
import type { LinkLoss } from '../ports/coordinator-link.ts';
import { ownLoss } from './link-loss.ts';

export interface HostCard {
  readonly hostKey: KeyPair;
  readonly accountSecret: string;
  /** null: anonymous. */
  readonly displayName: string | null;
  /** null: none. */
  readonly team: string | null;
  readonly software: string;
  readonly engine: string;
  readonly cores: number;
  /** Of one core. */
  readonly gflops: number;
  /** The pinned key of the project that was joined. */
  readonly projectKey: string;
}

type Challenge = Extract<Downstream, { type: 'challenge' }>;
export type HelloOutcome = { readonly ok: true; readonly hello: Hello } | { readonly ok: false; readonly loss: LinkLoss };

/** The account's secret leaves this machine only towards the pinned project key (WK2). */
export function answerChallenge({ nonce, protocol, projectKey }: Challenge, card: HostCard): HelloOutcome {
  if (projectKey !== card.projectKey) return { ok: false, loss: ownLoss(true, OTHER_KEY) };
  if (negotiateVersion(protocol) === null) {
    const reason = `No common protocol version: the coordinator speaks ${protocol.oldest} to ${protocol.newest}, this worker ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}. Update the older of the two.`;
    return { ok: false, loss: ownLoss(true, reason) };
  }
  const { hostKey, accountSecret, displayName, team, software, engine, cores, gflops } = card;
  return {
    ok: true,
    hello: {
      type: 'hello',
      protocol: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
      hostKey: hostKey.publicKey,
      signature: signText('hello', nonce, hostKey),
      accountSecret,
      displayName,
      ...(team !== null && { team }),
      software,
      engine,
      cores,
      gflops,
    },
  };
}

const OTHER_KEY =
  'The coordinator shows another project key than the one this machine joined: it may be an impostor, so it was told nothing. If the operator announced a new key, leave the project and join it again.';
