import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';

const WRITER = new URL('../../test/journal-writer.ts', import.meta.url).pathname;

test('[WK35] a disk that is full fails every promise from then on, and says so once', async () => {
  await using folder = await openTemporaryFolder();
  // The shell limits how large a file may grow: the next write fails as on a full disk.
  const script = `ulimit -f 64; trap '' XFSZ; exec "$0" --conditions=source "$1" "$2"`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script, process.execPath, WRITER, join(folder.path, 'journal')]);
  const said = JSON.parse(stdout) as { kept: number; failed: string; later: string };
  expect(said.kept).toBeGreaterThan(0);
  expect(said.failed).toMatch(/cannot be written: EFBIG/);
  expect(said.later).toBe(said.failed);
  const lines = (await readFile(join(folder.path, 'journal'), 'utf8')).split('\n');
  expect(lines.filter((line) => line.includes('"result"') && line.endsWith('}')).length).toBeGreaterThanOrEqual(said.kept);
});
