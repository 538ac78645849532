/** Decides once per task, and again every minute, whether this machine may run it: signatures, certificate, expiry. */
import type { TaskId } from '@manyhands/protocol';
import type { Clock } from '../ports/clock.ts';
import type { CoordinatorApi } from '../ports/coordinator-api.ts';
import type { TaskShelf } from '../ports/task-shelf.ts';
import type { Trust, TrustedTask, VerifyTask } from '../ports/task-verifier.ts';
import type { Patience } from './patience.ts';

/** A certificate may expire while its task is being computed. */
const RECHECK_MS = 60_000;

interface Checked {
  readonly trust: Promise<Trust>;
  readonly at: number;
}

export interface TaskTrustParts {
  readonly api: CoordinatorApi;
  readonly shelf: TaskShelf;
  readonly verify: VerifyTask;
  readonly patience: Patience;
  readonly clock: Clock;
  /** Aborted when the daemon ends. */
  readonly closing: AbortSignal;
  /** Told of every task when it is accepted, once a run. */
  readonly onAccepted: (task: TrustedTask) => void;
}

export class TaskTrust {
  readonly #parts: TaskTrustParts;
  readonly #checked = new Map<TaskId, Checked>();
  readonly #announced = new Set<TaskId>();

  constructor(parts: TaskTrustParts) {
    this.#parts = parts;
  }

  /** Shared by all leases of a task. Rejects only when the daemon ends. */
  of(id: TaskId): Promise<Trust> {
    const now = this.#parts.clock.now();
    const known = this.#checked.get(id);
    if (known !== undefined && now - known.at < RECHECK_MS) return known.trust;
    const trust = this.#check(id);
    this.#checked.set(id, { trust, at: now });
    trust.then(
      (outcome) => outcome.ok && this.#announce(outcome.task),
      () => this.#checked.delete(id),
    );
    return trust;
  }

  #announce(task: TrustedTask): void {
    if (!this.#announced.has(task.id)) this.#parts.onAccepted(task);
    this.#announced.add(task.id);
  }

  /** The stored copy first: it needs no network. One that no longer holds may have been signed anew. */
  async #check(id: TaskId): Promise<Trust> {
    const { api, shelf, verify, patience, closing } = this.#parts;
    const stored = await shelf.find(id);
    const trusted = stored === null ? null : verify(id, stored);
    if (trusted?.ok) return trusted;
    const answer = await patience.insist(`task ${id}`, () => api.fetchTask(id, closing), closing);
    if (answer.kind === 'refused') return trusted ?? { ok: false, reason: `its signed manifest is not to be had: ${answer.reason}` };
    const trust = verify(id, answer.value);
    if (trust.ok) await shelf.store(id, answer.value);
    return trust;
  }
}
