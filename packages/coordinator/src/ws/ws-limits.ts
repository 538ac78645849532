/** What one connection and one address may ask of the gateway. All configurable. */
import { LIMITS } from '@manyhands/protocol';
import type { Rate } from '../domain/gcra.ts';

export interface WsLimits {
  readonly frameBytes: number;
  readonly fragments: number;
  readonly helloMs: number;
  /** Connections that have not proven a host key yet, from everywhere together. */
  readonly unproven: number;
  /** The same when the coordinator has too much to do. */
  readonly unprovenUnderStrain: number;
  /** Connections open at once from one IPv4 address or IPv6 /64. */
  readonly perAddress: number;
  /** … from one IPv6 /48. */
  readonly perSite: number;
  readonly connects: Rate;
  /** Hosts, or hosts with another account than before, that were never seen here; of one address. */
  readonly registrations: Rate;
  /** … of one IPv6 /48. */
  readonly siteRegistrations: Rate;
  /** Connections of one address that are closed because they broke the protocol; one more, and the address is kept out for `penaltyMs`. */
  readonly faults: Rate;
  readonly penaltyMs: number;
  readonly frames: Rate;
  readonly bytes: Rate;
  /** Frames of one connection whose effects are still under way; more are left in the network (I42). */
  readonly framesInFlight: number;
  readonly pingMs: number;
  /** Share of `pingMs` by which each ping is early or late. */
  readonly pingJitter: number;
  readonly missedPings: number;
  /** Unsent bytes above which nothing more is read from this host. */
  readonly pauseBytes: number;
  /** Unsent bytes above which the connection is cut after `cutAfterMs`. */
  readonly cutBytes: number;
  readonly cutAfterMs: number;
  /** When a host whose request for work was refused for load may ask again; jittered by half. */
  readonly retryAfterMs: number;
  /** How long a restart takes at least: nobody is told to come back sooner. */
  readonly restartMs: number;
  /** What the door can do, until it has been measured. */
  readonly handshakesPerSecond: number;
  /** False: this machine's own connections are not counted per address, slowed or refused for load, so development never trips. */
  readonly limitLoopback: boolean;
}

const THREE_HOURS_S = 3 * 3_600;

export const WS_LIMITS: WsLimits = {
  frameBytes: LIMITS.frameBytes,
  fragments: 64,
  helloMs: LIMITS.helloMs,
  unproven: 512,
  unprovenUnderStrain: 64,
  perAddress: 64,
  perSite: 256,
  connects: { perSecond: 5, burst: 30 },
  registrations: { perSecond: 10 / THREE_HOURS_S, burst: 10 },
  siteRegistrations: { perSecond: 500 / THREE_HOURS_S, burst: 500 },
  faults: { perSecond: 5 / 60, burst: 5 },
  penaltyMs: 10 * 60_000,
  frames: { perSecond: 20, burst: 60 },
  bytes: { perSecond: 256 * 1024, burst: 2 * 2 ** 20 },
  framesInFlight: 16,
  pingMs: 30_000,
  pingJitter: 0.2,
  missedPings: 2,
  pauseBytes: 2 ** 20,
  cutBytes: 4 * 2 ** 20,
  cutAfterMs: 30_000,
  retryAfterMs: 15_000,
  restartMs: 5_000,
  handshakesPerSecond: 300,
  limitLoopback: false,
};
