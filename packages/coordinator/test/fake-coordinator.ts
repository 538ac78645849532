/** An engine without an engine: keeps the facade's contract over plain arrays, and lets a test see what came in and say what goes out. */
import type { JobId, Upstream } from '@manyhands/protocol';
import type { Coordinator, HostIdentity, LiveFigures, Session } from '../src/engine/coordinator.ts';
import type { WorkerLink } from '../src/ports/worker-link.ts';

export interface FakeSession {
  readonly identity: HostIdentity;
  readonly link: WorkerLink;
  readonly received: Upstream[];
  closed: boolean;
}

export class FakeCoordinator implements Pick<Coordinator, 'openSession' | 'onJobsChanged' | 'figures'> {
  readonly sessions: FakeSession[] = [];
  /** What becomes of a frame; resolves when its effects are done. */
  onFrame: (session: FakeSession, message: Upstream) => Promise<void> = async () => {};
  /** Before a session opens. */
  onOpen: () => Promise<void> = async () => {};
  readonly #listeners = new Set<(jobs: ReadonlySet<JobId>) => void>();

  async openSession(identity: HostIdentity, link: WorkerLink): Promise<Session> {
    await this.onOpen();
    const session: FakeSession = { identity, link, received: [], closed: false };
    this.sessions.push(session);
    return {
      quota: 8,
      heartbeatMs: 30_000,
      receive: (message) => {
        session.received.push(message);
        return this.onFrame(session, message);
      },
      close: () => {
        session.closed = true;
      },
    };
  }

  /** As after a commit that changed these jobs. */
  announce(...jobs: JobId[]): void {
    for (const listener of this.#listeners) listener(new Set(jobs));
  }

  onJobsChanged(listener: (jobs: ReadonlySet<JobId>) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  figures(): LiveFigures {
    return {
      hostsOnline: this.sessions.filter((session) => !session.closed).length,
      coresOnline: 0,
      unitsPerSecond: 0,
      jobUnitsPerSecond: new Map(),
      throughput: Array<number>(60).fill(0),
      jobs: [],
      queued: 0,
    };
  }
}
