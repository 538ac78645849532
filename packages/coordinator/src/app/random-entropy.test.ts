import { jobIdSchema, leaseIdSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { createRandomEntropy } from './random-entropy.ts';

test('[SV6] ids are well-formed, and none comes twice', () => {
  const entropy = createRandomEntropy();
  const ids = new Set<string>();
  for (let i = 0; i < 1_000; i++) {
    ids.add(leaseIdSchema.parse(entropy.leaseId()));
    ids.add(jobIdSchema.parse(entropy.jobId()));
  }
  expect(ids.size).toBe(2_000);
});

test('[SV6] all 128 bits vary', () => {
  const entropy = createRandomEntropy();
  const seen = { ones: Buffer.alloc(16), zeros: Buffer.alloc(16) };
  for (let i = 0; i < 200; i++) {
    const bits = Buffer.from(entropy.leaseId().slice('lease_'.length), 'base64url');
    expect(bits).toHaveLength(16);
    for (const [k, byte] of bits.entries()) {
      seen.ones[k] = (seen.ones[k] ?? 0) | byte;
      seen.zeros[k] = (seen.zeros[k] ?? 0) | ~byte;
    }
  }
  expect([seen.ones, seen.zeros]).toEqual([Buffer.alloc(16, 255), Buffer.alloc(16, 255)]);
});
