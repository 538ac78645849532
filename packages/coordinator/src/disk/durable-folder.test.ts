import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDurableFolder, syncFolder } from './durable-folder.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test.each(['absolute', 'relative'])('[ST1] a data folder is made with all that is missing above it: %s path', (kind) => {
  const parent = temporaryFolder();
  const folder = join(parent, 'a', 'b', 'c');
  makeDurableFolder(kind === 'absolute' ? folder : relative(process.cwd(), folder));
  makeDurableFolder(folder);
  expect(readdirSync(join(parent, 'a', 'b'))).toEqual(['c']);
});

test('[ST1] a folder that cannot be made or synced is an error, never ignored', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makeDurableFolder(join(file, 'below'))).toThrow('ENOTDIR');
  expect(() => syncFolder(join(file, 'missing'))).toThrow();
});
