import type { TaskManifest } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { adviceOn } from './trial-advice.ts';

const EXACT = { kind: 'exact' } as const;
const NEAR = { kind: 'within', abs: 0, rel: 0.1 } as const;
const manifest = (changes: Partial<TaskManifest>): TaskManifest =>
  ({ verify: { kind: 'quorum', k: 2, agree: EXACT }, math: 'deterministic', ...changes }) as TaskManifest;
const SAME = { deterministic: true, agrees: true };

test('[SK25] native arithmetic under exact agreement needs engines that are alike, or tolerance', () => {
  expect(adviceOn(manifest({ math: 'native' }), SAME)).toMatch(/engine versions.*engines: 'any'.*within/);
  expect(adviceOn(manifest({ math: 'native', engines: 'alike' }), SAME)).toBeNull();
  expect(adviceOn(manifest({ math: 'native', verify: { kind: 'quorum', k: 2, agree: NEAR } }), SAME)).toBeNull();
  expect(adviceOn(manifest({ math: 'native', verify: { kind: 'proof' } }), { deterministic: false, agrees: null })).toBeNull();
  expect(adviceOn(manifest({}), SAME)).toBeNull();
});
