/**
 * A data folder on a disk that fills up, without being root: a small tmpfs in a user namespace of its own. Where the kernel forbids those, a limit on
 * the size of files stands for it, which the coordinator meets as a failed write in the middle of a commit.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface SmallDisk extends AsyncDisposable {
  readonly kind: 'tmpfs' | 'file-size';
  /** The data folder as the coordinator sees it. */
  readonly data: string;
  /** The same, as everybody else does. */
  readonly seenAs: string;
  /** What the coordinator must be started by. */
  readonly under: readonly string[];
  /** There is room again. */
  grow(): void;
}

const SMALL_MB = 6;
const LARGE_MB = 256;

/** `workshop`: an empty folder. */
export async function openSmallDisk(workshop: string): Promise<SmallDisk> {
  return spawnSync('unshare', ['-Urm', 'true']).status === 0 ? mountSmallDisk(workshop) : limitFiles(workshop);
}

async function mountSmallDisk(workshop: string): Promise<SmallDisk> {
  const mount = 'mount -t tmpfs -o "size=$1m" none "$0" && echo mounted && exec cat';
  // The namespace lasts as long as this process, which ends with our end of its stdin.
  const keeper = spawn('unshare', ['-Urm', 'sh', '-c', mount, workshop, String(SMALL_MB)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  const inside = ['nsenter', '--target', String(keeper.pid), '--user', '--mount', '--preserve-credentials'];
  return {
    kind: 'tmpfs',
    data: join(workshop, 'coordinator'),
    seenAs: join('/proc', String(keeper.pid), 'root', workshop, 'coordinator'),
    under: inside,
    grow: () => run([...inside, 'mount', '-o', `remount,size=${LARGE_MB}m`, workshop]),
    [Symbol.asyncDispose]: () => end(keeper),
  };
}

async function limitFiles(workshop: string): Promise<SmallDisk> {
  const data = join(workshop, 'coordinator');
  await mkdir(data);
  const under = ['prlimit', `--fsize=${(SMALL_MB * 2 ** 20) / 2}`];
  return {
    kind: 'file-size',
    data,
    seenAs: data,
    under,
    grow: () => void under.splice(0),
    async [Symbol.asyncDispose]() {},
  };
}

function run([program, ...args]: readonly string[]): void {
  const { status, stderr } = spawnSync(program as string, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
}

async function end(keeper: ChildProcess): Promise<void> {
  const exited = once(keeper, 'exit');
  keeper.stdin?.end();
  await exited;
}
