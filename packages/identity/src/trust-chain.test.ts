import type { Certificate, Digest, SignedTask, TaskManifest } from '@manyhands/protocol';
import { describe, expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { createKeyPair, type KeyPair, signText } from './key-pair.ts';
import { issueCertificate, signTask, verifyTask } from './trust-chain.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 22);
const project = createKeyPair();
const author = createKeyPair();
const stranger = createKeyPair();

const manifest: TaskManifest = {
  format: 1,
  name: 'collatz',
  version: '1.0.0',
  title: 'Longest Collatz chains',
  license: 'MIT',
  bundle: `sha256:${'0f'.repeat(32)}` as Digest,
  bundleBytes: 1_000,
  limits: { memoryMB: 64, timeoutMs: 60_000, outputBytes: 1_000 },
  verify: { kind: 'quorum', k: 2, agree: { kind: 'exact' } },
  math: 'deterministic',
};
const certificate: Certificate = {
  format: 1,
  projectKey: project.publicKey,
  authorKey: author.publicKey,
  author: 'Ada',
  issuedAt: NOW,
  expiresAt: NOW + 365 * DAY,
};
const { id, signed } = signTask(manifest, author, issueCertificate(certificate, project));

const verify = (task: SignedTask, now = NOW) => verifyTask(task, project.publicKey, now);
const reasonOf = (task: SignedTask, now = NOW): string => {
  const outcome = verify(task, now);
  return outcome.ok ? 'believed' : outcome.reason;
};
/** `text` signed as a manifest by `key`, with the good certificate. */
const withManifest = (text: string, key: KeyPair = author): SignedTask => ({
  ...signed,
  manifest: { text, signature: signText('manifest', text, key) },
});
const withCertificate = (over: Partial<Certificate>, key: KeyPair = project): SignedTask =>
  signTask(manifest, author, issueCertificate({ ...certificate, ...over }, key)).signed;
const certificateText = (text: string): SignedTask => ({
  ...signed,
  certificate: { text, signature: signText('certificate', text, project) },
});

test('[PR12] a whole chain is believed, and says who and what', () => {
  expect(verify(signed)).toEqual({ ok: true, id, manifest, certificate });
});

describe('a broken link', () => {
  test.each([
    ['a certificate signed by somebody else', withCertificate({}, stranger), 'the certificate is not signed by the project key'],
    [
      'a certificate changed after signing',
      { ...signed, certificate: { ...signed.certificate, text: signed.certificate.text.replace('Ada', 'Eve') } },
      'the certificate is not signed by the project key',
    ],
    ['a certificate that is no JSON', certificateText('{'), 'the certificate is malformed'],
    [
      'a certificate with a field too many',
      certificateText(`${signed.certificate.text.slice(0, -1)},"x":1}`),
      'the certificate is malformed',
    ],
    [
      'a certificate that names another project',
      withCertificate({ projectKey: stranger.publicKey }),
      'the certificate is for another project',
    ],
    [
      'a manifest signed by somebody else',
      withManifest(signed.manifest.text, stranger),
      'the manifest is not signed by the certified author',
    ],
    [
      'a manifest changed after signing',
      { ...signed, manifest: { ...signed.manifest, text: signed.manifest.text.replace('64', '65') } },
      'the manifest is not signed by the certified author',
    ],
    [
      'a certificate for another author',
      withCertificate({ authorKey: stranger.publicKey }),
      'the manifest is not signed by the certified author',
    ],
    ['a manifest that is no JSON', withManifest('not json'), 'the manifest is malformed'],
    ['a manifest that breaks its schema', withManifest('{"format":1}'), 'the manifest is malformed'],
    [
      'a manifest with white space',
      withManifest(JSON.stringify(JSON.parse(signed.manifest.text), null, 1)),
      'the manifest is not in canonical form',
    ],
    [
      'a manifest with a key twice',
      withManifest(signed.manifest.text.replace('{', '{"name":"other",')),
      'the manifest is not in canonical form',
    ],
  ] as const)('[PR12] %s is refused', (_, task, reason) => {
    expect(reasonOf(task)).toBe(reason);
  });

  test('[PR12] a chain is worth nothing under another project key', () => {
    expect(verifyTask(signed, stranger.publicKey, NOW)).toEqual({ ok: false, reason: 'the certificate is not signed by the project key' });
  });

  test.each([
    [NOW - DAY - 1, false],
    [NOW - DAY, true],
    [certificate.expiresAt + DAY, true],
    [certificate.expiresAt + DAY + 1, false],
  ])('[PR12] a certificate counts from its day of issue to its expiry, give or take a day: at %d %s', (now, believed) => {
    expect(reasonOf(signed, now)).toBe(believed ? 'believed' : 'the certificate is not valid at this time');
  });
});

test('[PR13] a signature made as a certificate does not pass as a manifest, nor the other way round', () => {
  const asManifest = { ...signed, manifest: { ...signed.manifest, signature: signText('certificate', signed.manifest.text, author) } };
  expect(reasonOf(asManifest)).toBe('the manifest is not signed by the certified author');
  const asCertificate = {
    ...signed,
    certificate: { ...signed.certificate, signature: signText('manifest', signed.certificate.text, project) },
  };
  expect(reasonOf(asCertificate)).toBe('the certificate is not signed by the project key');
});

test('[PR14] a task is named by the digest of its manifest, whatever the order of its fields', () => {
  const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as TaskManifest;
  expect(signTask(reversed, author, signed.certificate).id).toBe(id);
  expect(id).toBe(digestOf(signed.manifest.text));
  expect(signTask({ ...manifest, version: '1.0.1' }, author, signed.certificate).id).not.toBe(id);
});

test('[PR14] a field that is absent and one that is undefined make the same task', () => {
  const { description: _, ...without } = { ...manifest, description: undefined };
  expect(signTask({ ...without, description: undefined } as unknown as TaskManifest, author, signed.certificate).id).toBe(id);
});
