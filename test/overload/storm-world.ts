/**
 * A reconnect storm in virtual time, millisecond by millisecond: the product's door and waiting room on one side, the product's back-off on the
 * other, and between them a coordinator that completes so many handshakes a second and is away for a while.
 */
import { Door } from '../../packages/coordinator/src/ws/door.ts';
import { WaitingRoom } from '../../packages/coordinator/src/ws/waiting-room.ts';
import { WS_LIMITS } from '../../packages/coordinator/src/ws/ws-limits.ts';
import { FakeClock } from '../../packages/testkit/src/fake-clock.ts';
import { RECONNECT, retryDelayMs } from '../../packages/worker/src/domain/backoff.ts';

export interface Storm {
  readonly workers: number;
  readonly handshakesPerSecond: number;
  readonly downMs: number;
  /** The coordinator said goodbye; else it was killed. */
  readonly isAnnounced: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface StormOutcome {
  /** Of each worker until it was back, in ascending order. */
  readonly attempts: readonly number[];
  readonly lastBackMs: number;
  /** Visits that no worker was told to make: before its time. */
  readonly tooSoon: number;
}

interface Visit {
  readonly worker: number;
  readonly attempt: number;
  /** Not before this. */
  readonly toldAt: number;
}

/** What the door shows: the second a header names. */
const toldMs = (ms: number): number => Math.ceil(ms / 1000) * 1000;
/** Each worker has an address of its own. */
const addressOf = (worker: number): string => `10.${worker >> 16}.${(worker >> 8) & 255}.${worker & 255}`;

export class StormWorld {
  readonly #storm: Storm;
  readonly #clock = new FakeClock(0);
  readonly #due = new Map<number, Visit[]>();
  readonly #attempts: number[] = [];
  #tooSoon = 0;

  constructor(storm: Storm) {
    this.#storm = storm;
  }

  run(): StormOutcome {
    const { workers, downMs } = this.#storm;
    this.#farewell();
    const room = this.#openRoom();
    const door = new Door({ limits: WS_LIMITS, load: { sheds: () => false }, addresses: { penaltyMs: () => 0 }, room });
    let busyUntil = downMs;
    const inside: { readonly at: number; readonly enter: () => void }[] = [];
    while (this.#attempts.length < workers) {
      const now = this.#clock.now();
      while ((inside[0]?.at ?? Number.POSITIVE_INFINITY) <= now) inside.shift()?.enter();
      for (const visit of this.#take(now)) {
        if (now < visit.toldAt) this.#tooSoon++;
        const knock = now < downMs ? null : door.knock(addressOf(visit.worker), now);
        if (knock?.ok !== true) {
          this.#comeBack(visit.worker, visit.attempt, knock?.retryAfterMs === undefined ? null : toldMs(knock.retryAfterMs));
          continue;
        }
        busyUntil = Math.max(busyUntil, now) + 1000 / this.#storm.handshakesPerSecond;
        const enter = () => {
          knock.admission.proven();
          room.letIn();
          this.#attempts.push(visit.attempt);
        };
        inside.push({ at: busyUntil, enter });
      }
      this.#clock.advance(1);
    }
    room[Symbol.dispose]();
    return { attempts: this.#attempts.sort((a, b) => a - b), lastBackMs: this.#clock.now(), tooSoon: this.#tooSoon };
  }

  #openRoom(): WaitingRoom {
    const { handshakesPerSecond, random } = this.#storm;
    return new WaitingRoom(this.#clock, random, { ...WS_LIMITS, handshakesPerSecond });
  }

  /** All lose their connection at the same moment. */
  #farewell(): void {
    const { workers, isAnnounced } = this.#storm;
    using room = this.#openRoom();
    for (let worker = 0; worker < workers; worker++) this.#comeBack(worker, 0, isAnnounced ? room.sendAwayForRestart(workers) : null);
  }

  /** `attempt`: connections tried so far. */
  #comeBack(worker: number, attempt: number, told: number | null): void {
    const now = this.#clock.now();
    const at = Math.ceil(now + retryDelayMs(RECONNECT, attempt, told, this.#storm.random()));
    const visits = this.#due.get(at) ?? [];
    this.#due.set(at, visits);
    visits.push({ worker, attempt: attempt + 1, toldAt: now + (told ?? 0) });
  }

  #take(now: number): readonly Visit[] {
    const visits = this.#due.get(now) ?? [];
    this.#due.delete(now);
    return visits;
  }
}
