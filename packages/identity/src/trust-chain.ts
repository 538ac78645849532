/**
 * The chain a volunteer's machine checks before it runs anything (G6, I43):
 * bundle digest ← manifest ← author's signature ← certificate ← the pinned project key.
 */
import {
  type Certificate,
  canonicalJson,
  certificateSchema,
  type Json,
  type SignedTask,
  type SignedText,
  type TaskId,
  type TaskManifest,
  taskManifestSchema,
} from '@manyhands/protocol';
import { digestOf } from './digest.ts';
import { type KeyPair, signText, verifyText } from './key-pair.ts';

export type TrustOutcome =
  | { readonly ok: true; readonly id: TaskId; readonly manifest: TaskManifest; readonly certificate: Certificate }
  /** In words: which link broke. */
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): TrustOutcome => ({ ok: false, reason });

const textOf = (value: Certificate | TaskManifest): string => canonicalJson(JSON.parse(JSON.stringify(value)) as Json);

/** The project key's word that `certificate.authorKey` may publish tasks. */
export function issueCertificate(certificate: Certificate, projectKey: KeyPair): SignedText {
  const text = textOf(certificate);
  return { text, signature: signText('certificate', text, projectKey) };
}

/** Signs a manifest as its author; the certificate travels along. */
export function signTask(manifest: TaskManifest, author: KeyPair, certificate: SignedText): { id: TaskId; signed: SignedTask } {
  const text = textOf(manifest);
  return {
    id: digestOf(text) as unknown as TaskId,
    signed: { manifest: { text, signature: signText('manifest', text, author) }, certificate },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Walks the chain at time `now` (epoch milliseconds). The bundle's bytes are for the caller to compare with `manifest.bundle`. */
export function verifyTask(signed: SignedTask, projectKey: string, now: number): TrustOutcome {
  if (!verifyText('certificate', signed.certificate.text, signed.certificate.signature, projectKey)) {
    return refuse('the certificate is not signed by the project key');
  }
  const certificate = certificateSchema.safeParse(parseJson(signed.certificate.text));
  if (!certificate.success) return refuse('the certificate is malformed');
  const { authorKey, issuedAt, expiresAt } = certificate.data;
  if (certificate.data.projectKey !== projectKey) return refuse('the certificate is for another project');
  if (now < issuedAt - CLOCK_SKEW_MS || now > expiresAt + CLOCK_SKEW_MS) return refuse('the certificate is not valid at this time');
  if (!verifyText('manifest', signed.manifest.text, signed.manifest.signature, authorKey)) {
    return refuse('the manifest is not signed by the certified author');
  }
  const manifest = taskManifestSchema.safeParse(parseJson(signed.manifest.text));
  if (!manifest.success) return refuse('the manifest is malformed');
  if (textOf(manifest.data) !== signed.manifest.text) return refuse('the manifest is not in canonical form');
  return { ok: true, id: digestOf(signed.manifest.text) as unknown as TaskId, manifest: manifest.data, certificate: certificate.data };
}

/** A volunteer's clock may be a day off without being locked out. */
const CLOCK_SKEW_MS = 24 * 3_600_000;
