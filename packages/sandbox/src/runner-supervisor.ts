/**
 * Keeps one task's runner alive while it is wanted.
 *
 *   down ── demand ──► starting ── ready ──► up ── recycle ──► down
 *                        │  ▲                │
 *                  death │  │ back-off       │ death
 *                        ▼  │                ▼
 *                      resting ◄─────────────┘        any ── close ──► closed
 *
 * The first restart after a proven child comes at once, later ones ever more slowly. Children that never come up, START_ATTEMPTS in a row,
 * or a bundle that is refused: hopeless, and down until the next demand.
 */
import type { Report } from './ipc/from-runner.ts';
import type { Logger } from './logger.ts';
import type { Death, RunnerChild } from './runner-process.ts';

const START_ATTEMPTS = 4;
const START_LIMIT_MS = 60_000;
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 5_000;

export interface SupervisorOptions {
  /** Starts a child and sends it its task. */
  readonly start: (onReport: (report: Report) => void) => RunnerChild;
  readonly logger: Logger;
  readonly onUp: () => void;
  readonly onReport: (report: Report) => void;
  /** A child that was up is gone. Another one follows after a rest. */
  readonly onDown: (death: Death) => void;
  /** `message` is for people. */
  readonly onHopeless: (message: string) => void;
}

type State =
  | { readonly kind: 'down' }
  | { readonly kind: 'starting' | 'up'; readonly child: RunnerChild; readonly timer?: NodeJS.Timeout }
  | { readonly kind: 'resting'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'closed' };

export class RunnerSupervisor {
  readonly #options: SupervisorOptions;
  #state: State = { kind: 'down' };
  #frozen = false;
  /** Deaths since a child last proved itself. */
  #deaths = 0;
  /** Of these, the latest ones that never came up. */
  #failedStarts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The child that takes work; null: there is none at the moment. */
  get child(): RunnerChild | null {
    return this.#state.kind === 'up' ? this.#state.child : null;
  }

  /** A child is wanted: `onUp` will follow, or `onHopeless`. */
  demand(): void {
    if (this.#state.kind === 'down') this.#start();
  }

  /** The child computed something: whatever killed its predecessors is over. */
  proven(): void {
    this.#deaths = 0;
  }

  /** Ends an idle child that is worn; the next demand starts a new one. */
  recycle(): void {
    if (this.#state.kind !== 'up') return;
    const { child } = this.#state;
    this.#state = { kind: 'down' };
    child.kill();
  }

  freeze(): void {
    this.#frozen = true;
    if (this.#state.kind === 'up') this.#state.child.freeze();
  }

  thaw(): void {
    this.#frozen = false;
    if (this.#state.kind === 'up') this.#state.child.thaw();
  }

  /** Resolves when the child is gone. */
  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if ('timer' in state) clearTimeout(state.timer);
    if (!('child' in state)) return;
    state.child.kill();
    await state.child.death;
  }

  #start(): void {
    const child = this.#options.start((report) => this.#hear(child, report));
    const timer = setTimeout(() => child.kill(), START_LIMIT_MS);
    this.#state = { kind: 'starting', child, timer };
    void child.death.then((death) => this.#bury(child, death));
  }

  #hear(child: RunnerChild, report: Report): void {
    if (!this.#isCurrent(child)) return;
    const { message } = report;
    if (message.type === 'ready') this.#rise(child);
    else if (message.type === 'refused') this.#giveUp(message.message);
    else this.#options.onReport(report);
  }

  #rise(child: RunnerChild): void {
    if (this.#state.kind === 'starting') clearTimeout(this.#state.timer);
    this.#failedStarts = 0;
    this.#state = { kind: 'up', child };
    if (this.#frozen) child.freeze();
    this.#options.onUp();
  }

  #bury(child: RunnerChild, death: Death): void {
    if (!this.#isCurrent(child)) return;
    const wasUp = this.#state.kind === 'up';
    if ('timer' in this.#state) clearTimeout(this.#state.timer);
    this.#deaths++;
    this.#options.logger.warn({ ...death, deaths: this.#deaths }, 'a runner died');
    if (!wasUp && ++this.#failedStarts >= START_ATTEMPTS) {
      this.#giveUp(`the task's runner does not start (${death.reason})${death.stderr && `: ${death.stderr}`}`);
      return;
    }
    this.#rest();
    if (wasUp) this.#options.onDown(death);
  }

  #rest(): void {
    const restMs = this.#deaths <= 1 ? 0 : Math.min(FIRST_REST_MS * 2 ** (this.#deaths - 2), LONGEST_REST_MS);
    this.#state = { kind: 'resting', timer: setTimeout(() => this.#start(), restMs) };
  }

  #giveUp(message: string): void {
    const state = this.#state;
    this.#state = { kind: 'down' };
    this.#failedStarts = 0;
    if ('timer' in state) clearTimeout(state.timer);
    if ('child' in state) state.child.kill();
    this.#options.onHopeless(message);
  }

  #isCurrent = (child: RunnerChild): boolean => 'child' in this.#state && this.#state.child === child;
}
