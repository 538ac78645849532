import * as z from 'zod';
import { digestSchema } from './digest.ts';
import { LIMITS } from './limits.ts';

/** An ed25519 public key: 32 bytes, base64url without padding. */
export const publicKeySchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** An ed25519 signature: 64 bytes, base64url without padding. */
export const signatureSchema = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

/**
 * How replicas of one unit are compared: `exact` bit for bit · `within` every number at most `abs` or `rel` times the larger one apart,
 * all else equal · `author` by the task's own `agree(a, b)`.
 */
export const agreementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact') }),
  z.strictObject({ kind: z.literal('within'), abs: z.number().nonnegative(), rel: z.number().nonnegative().max(1) }),
  z.strictObject({ kind: z.literal('author') }),
]);
export type Agreement = z.infer<typeof agreementSchema>;

/** What makes a result believed: agreeing accounts, the author's own check, or at most one wrong answer in `wrongIn`. */
export const verifyPolicySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('quorum'), k: z.int().min(1).max(5), agree: agreementSchema }),
  z.strictObject({ kind: z.literal('proof') }),
  z.strictObject({ kind: z.literal('confidence'), wrongIn: z.int().min(10).max(1_000_000_000), agree: agreementSchema }),
]);
export type VerifyPolicy = z.infer<typeof verifyPolicySchema>;

export const taskLimitsSchema = z.strictObject({
  /** What one replica may hold in memory. */
  memoryMB: z.int().min(8).max(4096),
  /** Time one replica may compute, paused time not counted. */
  timeoutMs: z
    .int()
    .min(10)
    .max(7 * 24 * 3_600_000),
  outputBytes: z.int().min(1).max(LIMITS.payloadBytes),
});
export type TaskLimits = z.infer<typeof taskLimitsSchema>;

/** What a volunteer is asked to run. A task's id is the digest of this object's canonical JSON text. */
export const taskManifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  title: z.string().min(1).max(200),
  description: z.string().max(LIMITS.messageLength).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  license: z.string().min(1).max(64),
  bundle: digestSchema,
  bundleBytes: z.int().positive().max(LIMITS.bundleBytes),
  limits: taskLimitsSchema,
  verify: verifyPolicySchema,
  /** `deterministic`: Math.* and ** come from our software port and agree bit for bit everywhere. */
  math: z.enum(['deterministic', 'native']),
  /** `alike`: answers may differ between engine versions, so replicas are compared within one engine class only. Absent: `any`. */
  engines: z.enum(['any', 'alike']).optional(),
});
export type TaskManifest = z.infer<typeof taskManifestSchema>;

/** The project key's word that an author may publish tasks. Times are epoch milliseconds. */
export const certificateSchema = z.strictObject({
  format: z.literal(1),
  projectKey: publicKeySchema,
  authorKey: publicKeySchema,
  author: z.string().min(1).max(LIMITS.nameLength),
  issuedAt: z.int(),
  expiresAt: z.int(),
});
export type Certificate = z.infer<typeof certificateSchema>;

/**
 * Text and a signature over it. What is signed is `DOMAIN\n` + text, the domain naming what the text is,
 * so that a signature for one purpose is worth nothing for another.
 */
export const signedTextSchema = z.strictObject({ text: z.string().max(64 * 1024), signature: signatureSchema });
export type SignedText = z.infer<typeof signedTextSchema>;

export const SIGNING_DOMAINS = {
  manifest: 'manyhands-manifest-v1',
  certificate: 'manyhands-certificate-v1',
  hello: 'manyhands-hello-v1',
} as const;
export type SigningDomain = keyof typeof SIGNING_DOMAINS;

/** The chain a worker checks before it runs anything: bundle ← manifest ← author ← certificate ← pinned project key. */
export const signedTaskSchema = z.strictObject({ manifest: signedTextSchema, certificate: signedTextSchema });
export type SignedTask = z.infer<typeof signedTaskSchema>;
