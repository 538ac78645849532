/** Defaults that both ends of the wire must agree on. Bytes, milliseconds, counts. */
export const LIMITS = {
  /** One WebSocket frame. */
  frameBytes: 256 * 1024,
  frameDepth: 32,
  /** Of one object in a frame. */
  frameKeys: 256,
  /** An input or output up to this size travels inside a frame; a larger one as a blob over HTTP. */
  inlinePayloadBytes: 64 * 1024,
  /** The largest input or output at all. */
  payloadBytes: 64 * 1024 * 1024,
  bundleBytes: 8 * 1024 * 1024,
  blobBytes: 256 * 1024 * 1024,
  leasesPerFrame: 1_000,
  resultsPerFrame: 1_000,
  helloMs: 10_000,
  /** The largest number of replicas of one unit, over its whole life (I12). */
  maxReplicas: 10,
  maxErrors: 3,
  nameLength: 64,
  messageLength: 2_000,
} as const;
