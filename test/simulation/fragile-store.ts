/**
 * The store as one life of the coordinator has it. At a commit of its choosing the process dies, or the disk fails:
 *   `before` dies, nothing was written · `rejected` the store fails, nothing was written · `doubtful` the store fails although it was written ·
 *   `after` written, and dies before it hears so · `spoken` written and heard, and dies as soon as it has said all it has to say.
 * A dead process hears nothing any more: what it asked is never answered.
 */
import type { ChangeSet } from '../../packages/coordinator/src/domain/change-set.ts';
import type { CommitResult, Store } from '../../packages/coordinator/src/ports/store.ts';

export const CRASH_POINTS = ['before', 'rejected', 'doubtful', 'after', 'spoken'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface Crash {
  readonly point: CrashPoint;
  /** Commits that go well before it. */
  commitsLeft: number;
}

export class InjectedFailure extends Error {}

export interface FragileStore {
  readonly store: Store;
  /** Commits so far. */
  readonly writes: number;
  /** null: nothing happens to it. */
  crash: Crash | null;
}

export interface Mortal {
  readonly isDead: boolean;
  die(why: string): void;
  /** Dies once everything that follows from the commit is said. */
  dieWhenQuiet(): void;
}

const NEVER = new Promise<never>(() => {});

export function createFragileStore(rows: Store, life: Mortal): FragileStore {
  const fragile: { store: Store; writes: number; crash: Crash | null } = { store: rows, writes: 0, crash: null };
  const commit = async (changes: ChangeSet): Promise<CommitResult> => {
    const point = fragile.crash !== null && fragile.crash.commitsLeft-- === 0 ? fragile.crash.point : null;
    if (point === 'before') life.die('before a commit');
    if (life.isDead) return NEVER;
    if (point === 'rejected') throw new InjectedFailure('the disk failed');
    fragile.writes++;
    const result = await rows.commit(changes);
    if (point === 'doubtful') throw new InjectedFailure('the disk failed after all was written');
    if (point === 'after') life.die('after a commit');
    if (point === 'spoken') life.dieWhenQuiet();
    return life.isDead ? NEVER : result;
  };
  fragile.store = new Proxy(rows, {
    get(target, name) {
      if (name === 'commit') return commit;
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => (life.isDead ? NEVER : (member.apply(target, args) as unknown));
    },
  });
  return fragile;
}
