/** A worker from its first event to its last: what others see of it, what they may ask of it, and how it ends. */
import type { ControlAnswer, ControlRequest, WorkerStatus } from '../control/control-protocol.ts';
import type { ControlServer } from '../control/control-server.ts';
import type { AgentEvent } from '../domain/agent-event.ts';
import type { AgentState, Ended } from '../domain/agent-state.ts';
import { EXIT_CODES } from '../domain/worker-error.ts';
import type { AgentLoop, LoopObserver } from '../engine/agent-loop.ts';
import { fingerprintWords } from '../host/fingerprint.ts';
import { SOFTWARE } from '../host/machine.ts';
import type { Membership } from '../host/membership.ts';
import { systemClock } from '../host/system-clock.ts';
import type { Welcomed } from '../ports/coordinator-link.ts';
import type { Log } from '../ports/log.ts';
import type { TrustedTask } from '../ports/task-verifier.ts';
import type { OnWorkerEvent } from './events.ts';
import { narrate } from './narrator.ts';
import { describeStatus, type WorkerFacts } from './status.ts';
import { UnitMeter } from './unit-meter.ts';

export interface WorkerClosed {
  readonly exitCode: number;
  /** In words. */
  readonly reason: string;
}

export interface Worker {
  status(): WorkerStatus;
  /** `forMs` null: until `resume`. */
  pause(forMs: number | null): void;
  resume(): void;
  /** Takes nothing new, completes and delivers what it holds, then closes. */
  finish(): void;
  /** Gives running units a short grace, the rest back, then closes. Settles with `closed`. */
  stop(): Promise<WorkerClosed>;
  /** Settles when everything is on disk and let go of. Never rejects. */
  readonly closed: Promise<WorkerClosed>;
}

export interface LifeParts {
  readonly membership: Membership;
  readonly base: URL;
  readonly displayName: string | null;
  readonly team: string | null;
  readonly gflops: number;
  readonly layers: readonly string[];
  readonly log: Log;
  readonly onEvent: OnWorkerEvent | undefined;
}

const now = (): number => systemClock.now();

export class WorkerLife implements LoopObserver, Worker {
  readonly #log: Log;
  readonly #tell: OnWorkerEvent;
  readonly #meter: UnitMeter;
  readonly #closed = Promise.withResolvers<WorkerClosed>();
  #facts: WorkerFacts;
  #loop: AgentLoop | null = null;
  #resources: AsyncDisposable | null = null;

  constructor({ membership, base, displayName, team, gflops, layers, log, onEvent }: LifeParts) {
    this.#log = log;
    this.#tell = onEvent ?? (() => undefined);
    this.#meter = new UnitMeter(systemClock, this.#tell);
    this.#facts = {
      pid: process.pid,
      software: SOFTWARE,
      startedAt: now(),
      project: { name: membership.projectName, url: base.href, fingerprint: fingerprintWords(membership.projectKey) },
      displayName,
      team,
      gflops,
      sandbox: [...layers],
      host: null,
      account: null,
    };
  }

  /** `resources` are let go of at the end, and only then. */
  begin(loop: AgentLoop, control: ControlServer, resources: AsyncDisposable): Worker {
    this.#loop = loop;
    this.#resources = resources;
    loop.start();
    control.serve((request) => this.#obey(request));
    return this;
  }

  get closed(): Promise<WorkerClosed> {
    return this.#closed.promise;
  }

  status(): WorkerStatus {
    return describeStatus(this.#running.state, this.#facts, now());
  }

  pause(forMs: number | null): void {
    this.#running.dispatch({ kind: 'pause', untilAt: forMs === null ? null : now() + forMs });
  }

  resume(): void {
    this.#running.dispatch({ kind: 'resume' });
  }

  finish(): void {
    this.#running.dispatch({ kind: 'finish' });
  }

  stop(): Promise<WorkerClosed> {
    this.#running.dispatch({ kind: 'stop' });
    return this.closed;
  }

  onWelcome({ host, account, quota }: Welcomed): void {
    this.#facts = { ...this.#facts, host, account };
    this.#log.info({ host, account, quota }, 'connected');
    this.#tell({ at: now(), event: 'connected', host, account, quota });
  }

  onTaskAccepted({ id, author, manifest: { name, version } }: TrustedTask): void {
    this.#log.info({ task: id, name, version, author }, 'task accepted');
    this.#tell({ at: now(), event: 'task-accepted', task: id, name, version, author });
  }

  onStep(event: AgentEvent, before: AgentState, after: AgentState): void {
    narrate(this.#log, event, after);
    this.#meter.note(before, after);
    if (event.kind === 'lost' && after.link.kind === 'offline') {
      this.#tell({ at: event.at, event: 'disconnected', reason: event.reason, retryAt: after.link.retryAt });
    }
  }

  onExit(ended: Ended): void {
    void this.#close(ended);
  }

  get #running(): AgentLoop {
    if (this.#loop === null) throw new Error('the worker was asked before it began');
    return this.#loop;
  }

  #obey(request: ControlRequest): ControlAnswer {
    if (request.command === 'pause') this.pause(request.forMs);
    else if (request.command !== 'status') this.#running.dispatch({ kind: request.command });
    return { ok: true, status: this.status() };
  }

  async #close({ failure, reason }: Ended): Promise<void> {
    try {
      await this.#resources?.[Symbol.asyncDispose]();
    } catch (error) {
      this.#log.error({ reason: (error as Error).message }, 'something could not be let go of');
    }
    this.#meter[Symbol.dispose]();
    const exitCode = failure === null ? 0 : EXIT_CODES[failure];
    this.#log.info({ reason, exitCode }, 'closed');
    this.#tell({ at: now(), event: 'closed', reason, exitCode });
    this.#closed.resolve({ exitCode, reason });
  }
}
