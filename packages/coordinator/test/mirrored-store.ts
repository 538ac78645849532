/** A memory store whose every commit is also written to a real one, so that books played by hand end up in a database file. */
import type { ChangeSet } from '../src/domain/change-set.ts';
import type { CommitResult, Store } from '../src/ports/store.ts';
import { MemoryStore } from '../src/store/memory/memory-store.ts';

export class MirroredStore extends MemoryStore {
  readonly #real: Store;

  constructor(real: Store) {
    super();
    this.#real = real;
  }

  override async commit(changes: ChangeSet): Promise<CommitResult> {
    const [answer, real] = [await super.commit(changes), await this.#real.commit(changes)];
    if (answer.kind !== real.kind) throw new Error(`one store says ${answer.kind}, the other ${real.kind}`);
    return answer;
  }

  override async extendLeases(byMs: number, aliveAt: number): Promise<void> {
    await super.extendLeases(byMs, aliveAt);
    await this.#real.extendLeases(byMs, aliveAt);
  }

  override async keepAlive(now: number): Promise<void> {
    await super.keepAlive(now);
    await this.#real.keepAlive(now);
  }
}
