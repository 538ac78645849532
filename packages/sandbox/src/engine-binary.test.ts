import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEngineBinary, isSafe } from './engine-binary.ts';

test.each([
  ['7.0.1', true],
  ['7.0.2', true],
  ['7.1.0', true],
  ['8.0.0', true],
  ['10.0.0', true],
  ['7.0.0', false],
  ['6.9.9', false],
  ['7.0.1-beta.1', false],
  ['nonsense', false],
])('[SB23] isolated-vm %s is safe: %s', (version, safe) => {
  expect(isSafe(version)).toBe(safe);
});

test('[SB23] the binary for this Node is found', () => {
  expect(findEngineBinary()).toMatch(/\.node$/);
});

test('[SB23] an unsafe or missing binary is refused with what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-engine-'));
  const packageFile = join(folder, 'package.json');
  try {
    writeFileSync(packageFile, '{"version":"7.0.0"}');
    expect(() => findEngineBinary(packageFile)).toThrow(/known escape.*install 7\.0\.1 or later/);
    writeFileSync(packageFile, '{"version":"7.0.1"}');
    expect(() => findEngineBinary(packageFile)).toThrow(/no binary for Node .* use Node 24 or 26/);
    mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
    writeFileSync(join(folder, 'build', 'Release', 'isolated_vm.node'), '');
    expect(findEngineBinary(packageFile)).toBe(join(folder, 'build', 'Release', 'isolated_vm.node'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
