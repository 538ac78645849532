/** What one connection and one address may ask of the gateway (DESIGN §14). All configurable. */
import { LIMITS } from '@manyhands/protocol';
import type { Rate } from './rate-limit.ts';

export interface WsLimits {
  readonly frameBytes: number;
  readonly fragments: number;
  readonly helloMs: number;
  /** Connections that have not proven a host key yet, from everywhere together. */
  readonly unproven: number;
  readonly perAddress: number;
  readonly connects: Rate;
  readonly frames: Rate;
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
  /** False: this machine's own connections are not counted per address or slowed, so development never trips. */
  readonly limitLoopback: boolean;
}

export const WS_LIMITS: WsLimits = {
  frameBytes: LIMITS.frameBytes,
  fragments: 64,
  helloMs: LIMITS.helloMs,
  unproven: 512,
  perAddress: 64,
  connects: { perSecond: 5, burst: 30 },
  frames: { perSecond: 20, burst: 60 },
  framesInFlight: 16,
  pingMs: 30_000,
  pingJitter: 0.2,
  missedPings: 2,
  pauseBytes: 2 ** 20,
  cutBytes: 4 * 2 ** 20,
  cutAfterMs: 30_000,
  limitLoopback: false,
};
