/** Brings in from the store what is ready but not at hand, where a window has room. */
import type { JobId } from '@manyhands/protocol';
import type { Store } from '../ports/store.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { JobBoard, JobEntry } from './job-board.ts';

export interface ReadyPagerPorts {
  readonly store: Pick<Store, 'readyUnits'>;
  readonly board: JobBoard;
  readonly limits: Pick<EngineLimits, 'pageUnits' | 'readyUnitsPerJob'>;
}

export class ReadyPager {
  readonly #ports: ReadyPagerPorts;
  readonly #underWay = new Set<JobId>();

  constructor(ports: ReadyPagerPorts) {
    this.#ports = ports;
  }

  /** Where there is room: units given back must not wait for the last fresh one. True: something was read. */
  async refill(): Promise<boolean> {
    const { board, limits } = this.#ports;
    return this.#read(board.inOrder.filter(({ window }) => window.hasMore && window.size < limits.readyUnitsPerJob / 2));
  }

  /** Everywhere: what is at hand may suit nobody who is here, so the next page takes the place of the oldest. */
  async turn(): Promise<boolean> {
    return this.#read(this.#ports.board.inOrder.filter(({ window }) => window.hasMore));
  }

  async #read(entries: readonly JobEntry[]): Promise<boolean> {
    const idle = entries.filter(({ id }) => !this.#underWay.has(id));
    await Promise.all(idle.map((entry) => this.#readPage(entry)));
    return idle.length > 0;
  }

  async #readPage({ id, window }: JobEntry): Promise<void> {
    this.#underWay.add(id);
    const { store, limits } = this.#ports;
    // Of a page larger than the window only the end would be kept, and what stands before it never be offered to anybody.
    const pageUnits = Math.min(limits.pageUnits, limits.readyUnitsPerJob);
    try {
      const units = await store.readyUnits(id, window.beginPage(), pageUnits);
      window.acceptPage(units, units.length < pageUnits);
    } finally {
      this.#underWay.delete(id);
    }
  }
}
