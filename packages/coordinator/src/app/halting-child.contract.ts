/**
 * `node … backup DATA FILE HALT` or `node … restore FILE DATA HALT`: does it in a process of its own, and stands still for ever when it tells that
 * it is doing HALT, so that it can be killed just there. Says `halted` then.
 */
import { writeSync } from 'node:fs';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

const [what = '', from = '', to = '', halt = ''] = process.argv.slice(2);
const onProgress = ({ now }: { now: string }): void => {
  if (!now.startsWith(halt)) return;
  writeSync(1, 'halted\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
await (what === 'backup' ? backup : restore)(from, to, { now: new Date(), onProgress });
