import type { HostId } from '@manyhands/protocol';
import type { WorkerSession } from './worker-session.ts';

/** The hosts that are connected. A host has one session: a second one replaces the first. */
export class SessionRegistry {
  readonly #byHost = new Map<HostId, WorkerSession>();
  #cores = 0;

  get hosts(): number {
    return this.#byHost.size;
  }

  get cores(): number {
    return this.#cores;
  }

  get(host: HostId): WorkerSession | undefined {
    return this.#byHost.get(host);
  }

  all(): WorkerSession[] {
    return [...this.#byHost.values()];
  }

  add(session: WorkerSession): void {
    this.#byHost.get(session.host)?.end(4003, 'the same host key connected again; run one worker per data folder');
    this.#byHost.set(session.host, session);
    this.#cores += session.identity.cores;
  }

  /** Its own session only: not that of a successor. */
  remove(session: WorkerSession): void {
    if (this.#byHost.get(session.host) !== session) return;
    this.#byHost.delete(session.host);
    this.#cores -= session.identity.cores;
  }
}
