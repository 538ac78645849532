/** Where a data folder's daemon listens. Whoever may read the folder may talk to it. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Socket paths are cut off at 104 bytes on some systems. */
const MAX_PATH_BYTES = 100;

/** The folder must exist. */
export function controlAddressOf(root: string): string {
  const real = realpathSync(root);
  const name = createHash('sha256').update(real).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\manyhands-${name}`;
  const inFolder = join(real, 'control.sock');
  return Buffer.byteLength(inFolder) <= MAX_PATH_BYTES ? inFolder : join(tmpdir(), `manyhands-${userInfo().uid}`, `${name}.sock`);
}
