/** What one request and one address may ask of the HTTP server. All configurable. */
import { LIMITS } from '@manyhands/protocol';

export interface HttpLimits {
  /** A body, unless its route says otherwise. */
  readonly bodyBytes: number;
  /** One chunk of a job's inputs. */
  readonly unitsBytes: number;
  readonly blobBytes: number;
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body, unless its route is long-lived. */
  readonly requestMs: number;
  readonly uploadMs: number;
  readonly keepAliveMs: number;
  /** A connection on which nothing moved for so long, in either direction, is cut: a reader that takes nothing holds no answer for ever. */
  readonly idleMs: number;
  /** Open at once, workers' among them; never more than the operating system's limit on open files leaves room for. */
  readonly connections: number;
  /** … from one IPv4 address or IPv6 /64, unless it is a trusted proxy's. */
  readonly connectionsPerAddress: number;
  /** Requests over one connection. */
  readonly requestsPerConnection: number;
  /** Event streams and followed results open at once, all visitors together. */
  readonly streams: number;
  readonly requestsPerMinute: number;
  /** False: this machine's own requests are not counted. */
  readonly limitLoopback: boolean;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  unitsBytes: 32 * 2 ** 20,
  blobBytes: LIMITS.blobBytes,
  headersMs: 15_000,
  requestMs: 30_000,
  uploadMs: 15 * 60_000,
  keepAliveMs: 15_000,
  idleMs: 60_000,
  connections: 60_000,
  connectionsPerAddress: 256,
  requestsPerConnection: 1_000,
  streams: 1_000,
  requestsPerMinute: 3_000,
  limitLoopback: false,
};
