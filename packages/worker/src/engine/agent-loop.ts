/** Feeds events to the pure step function one after the other, and does what it says. The only place where state lives. */
import type { LeaseId } from '@manyhands/protocol';
import { nextWakeAt, step } from '../domain/agent.ts';
import type { AgentAction, AgentEvent, KeptResult } from '../domain/agent-event.ts';
import type { AgentState, Ended } from '../domain/agent-state.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoordinatorLink, Welcomed } from '../ports/coordinator-link.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Journal } from '../ports/journal.ts';
import type { Executor } from './executor.ts';
import type { Fetcher } from './fetcher.ts';
import type { Patience } from './patience.ts';
import type { RunnerPool } from './runner-pool.ts';
import { outputBlob, type Uploader } from './uploader.ts';

type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;
/** An event as its source tells it; the loop adds the time. */
export type Happening = WithoutAt<AgentEvent>;
export type Dispatch = (happening: Happening) => void;

export interface AgentLoopParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly link: CoordinatorLink;
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly fetcher: Fetcher;
  readonly executor: Executor;
  readonly uploader: Uploader;
  readonly runners: RunnerPool;
  readonly patience: Patience;
}

type Performers = { readonly [K in AgentAction['kind']]: (action: Extract<AgentAction, { kind: K }>) => void };

export interface LoopObserver {
  onWelcome(welcome: Welcomed): void;
  /** After every step. `before` and `after` are whole states. */
  onStep(event: AgentEvent, before: AgentState, after: AgentState): void;
  /** Once, when the daemon has nothing more to do. */
  onExit(ended: Ended): void;
}

export class AgentLoop {
  readonly #parts: AgentLoopParts;
  readonly #observer: LoopObserver;
  readonly #performers: Performers;
  readonly #inbox: AgentEvent[] = [];
  #state: AgentState;
  #alarm: Disposable | null = null;
  #isStepping = false;
  /** Settles when no connection is open. */
  #linkClosed: Promise<void> = Promise.resolve();

  constructor(state: AgentState, parts: AgentLoopParts, observer: LoopObserver) {
    this.#state = state;
    this.#parts = parts;
    this.#observer = observer;
    this.#performers = this.#createPerformers(parts);
  }

  get state(): AgentState {
    return this.#state;
  }

  get linkClosed(): Promise<void> {
    return this.#linkClosed;
  }

  start(): void {
    const { journal } = this.#parts;
    void journal.failed.then((error) => this.dispatch({ kind: 'journal-failed', reason: error.message }));
    this.dispatch({ kind: 'started', ...journal.restored });
  }

  /** Events that arise from actions wait until the step they arose from is done. */
  dispatch(happening: Happening): void {
    this.#inbox.push({ ...happening, at: this.#parts.clock.now() } as AgentEvent);
    if (this.#isStepping) return;
    this.#isStepping = true;
    for (let event = this.#inbox.shift(); event !== undefined; event = this.#inbox.shift()) this.#step(event);
    this.#isStepping = false;
    this.#setAlarm();
  }

  #step(event: AgentEvent): void {
    const before = this.#state;
    const { state, actions } = step(before, event);
    this.#state = state;
    this.#parts.patience.setOnline(state.link.kind === 'online');
    for (const action of actions) this.#performers[action.kind](action as never);
    this.#observer.onStep(event, before, state);
  }

  #setAlarm(): void {
    this.#alarm?.[Symbol.dispose]();
    const at = nextWakeAt(this.#state);
    this.#alarm = at === null ? null : this.#parts.clock.after(at - this.#parts.clock.now(), () => this.dispatch({ kind: 'tick' }));
  }

  #createPerformers({ link, journal, fetcher, executor, uploader, runners }: AgentLoopParts): Performers {
    return {
      connect: () => this.#connect(),
      send: ({ message }) => link.send(message),
      disconnect: ({ reason }) => link.disconnect(reason),
      prepare: ({ lease }) => fetcher.prepare(lease),
      run: ({ lease }) => executor.run(lease),
      abort: ({ lease }) => {
        fetcher.abort(lease);
        executor.abort(lease);
      },
      'note-leases': ({ leases }) => journal.noteLeases(leases),
      keep: ({ kept }) => this.#keep(kept),
      upload: ({ kept }) => {
        this.#holdOutput(kept);
        uploader.upload(kept);
      },
      forget: ({ leases }) => this.#forget(leases),
      'note-pause': ({ pause }) => journal.notePause(pause),
      'pause-runners': () => runners.pause(),
      'resume-runners': () => runners.resume(),
      exit: ({ failure, reason }) => this.#observer.onExit({ failure, reason }),
    };
  }

  #connect(): void {
    const { link, entropy } = this.#parts;
    const closed = Promise.withResolvers<void>();
    this.#linkClosed = closed.promise;
    link.connect({
      onWelcome: (welcome) => {
        this.#observer.onWelcome(welcome);
        this.dispatch({ kind: 'welcomed', heartbeatMs: welcome.heartbeatMs, quota: welcome.quota });
      },
      onMessage: (message) => this.dispatch({ kind: 'said', message }),
      onLost: (loss) => {
        closed.resolve();
        this.dispatch({ kind: 'lost', ...loss, draw: entropy.random() });
      },
    });
  }

  /** A failure is told once, by `journal.failed`. */
  #keep(kept: KeptResult): void {
    this.#parts.blobs.release(kept.result.lease);
    this.#holdOutput(kept);
    this.#parts.journal.keep(kept).then(
      () => this.dispatch({ kind: 'kept', leases: [kept.result.lease] }),
      () => undefined,
    );
  }

  #holdOutput({ result }: KeptResult): void {
    const digest = outputBlob(result);
    if (digest !== null) this.#parts.blobs.hold(result.lease, digest);
  }

  #forget(leases: readonly LeaseId[]): void {
    this.#parts.journal.forget(leases);
    for (const lease of leases) this.#parts.blobs.release(lease);
  }
}
