import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startManyhands, temporaryFolder } from '../../test/manyhands.ts';
import { HEAP_FLAGS, missingHeapFlags } from './heap-flags.ts';

test('[CL15] flags that are set stay as they are', () => {
  expect(missingHeapFlags([])).toEqual(HEAP_FLAGS);
  expect(missingHeapFlags(['--conditions=source', '--max_semi_space_size=64'])).toEqual(['--heap-growing-percent=60']);
  expect(missingHeapFlags(['--heap-growing-percent=60'], '--trace-warnings --max-semi-space-size=8')).toEqual([]);
});

test.runIf(process.platform === 'linux')('[CL15] a coordinator runs under them, and is the process that was started', async () => {
  const serve = startManyhands(['serve', '--data', temporaryFolder(), '--port', '0']);
  expect(await serve.ready).toMatchObject({ pid: serve.pid });
  const command = readFileSync(`/proc/${serve.pid}/cmdline`, 'utf8').split('\0');
  for (const flag of HEAP_FLAGS) expect(command).toContain(flag);
});
