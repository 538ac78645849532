/**
 * Everything around the step function, played by a few sets: what was asked for and is not answered yet.
 * Each method is something the world may do at any time; after each, all that must always hold is checked.
 */
import type { LeaseId } from '@manyhands/protocol';
import { createAgent, nextWakeAt, step } from '../src/domain/agent.ts';
import type { AgentAction, AgentEvent, Ending, SessionMessage } from '../src/domain/agent-event.ts';
import { type AgentState, DEFAULT_SETTINGS, type Pause } from '../src/domain/agent-state.ts';
import { assignFrame, leaseId } from './builders.ts';

type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;
type ActionOf<K extends AgentAction['kind']> = Extract<AgentAction, { kind: K }>;

export class AgentWorld {
  state: AgentState;
  now = 1_000_000;
  readonly preparing = new Set<LeaseId>();
  readonly executing = new Set<LeaseId>();
  readonly aborted = new Set<LeaseId>();
  readonly keeping = new Set<LeaseId>();
  readonly uploading = new Set<LeaseId>();
  /** Submitted on this connection, not answered. */
  inFlight: LeaseId[] = [];
  /** Asked to reconcile on this connection, not answered. */
  reconciling: LeaseId[] | null = null;
  link: 'closed' | 'connecting' | 'open' = 'closed';
  readonly noted = new Set<LeaseId>();
  /** The coordinator no longer wants it, or was given it back. */
  readonly letGo = new Set<LeaseId>();
  readonly kept = new Set<LeaseId>();
  readonly recorded = new Set<LeaseId>();
  readonly forgotten = new Set<LeaseId>();
  readonly sent: ActionOf<'send'>['message'][] = [];
  /** What the next start would be told. */
  notedPause: Pause | null = null;
  ended: ActionOf<'exit'> | null = null;
  #nextLease = 0;
  #mayAskAt = 0;
  #mayConnectAt = 0;

  constructor(threads = 2) {
    this.state = createAgent({ ...DEFAULT_SETTINGS, threads });
    this.feed({ kind: 'started', leases: [], results: [], pause: null });
  }

  /** Answers what the agent did about it. */
  feed(event: WithoutAt<AgentEvent>): readonly AgentAction[] {
    const wasEnded = this.ended !== null;
    const { state, actions } = step(this.state, { ...event, at: this.now } as AgentEvent);
    this.state = state;
    if (wasEnded && actions.length > 0) throw new Error('acted after its end');
    for (const action of actions) this.#perform(action);
    this.#check();
    return actions;
  }

  /** Lets time pass, waking the agent whenever it asked to be. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let at = nextWakeAt(this.state); at !== null && at <= until; at = nextWakeAt(this.state)) {
      this.now = Math.max(this.now, at);
      this.feed({ kind: 'tick' });
    }
    this.now = until;
  }

  welcome(quota: number): void {
    if (this.link !== 'connecting') return;
    this.link = 'open';
    this.feed({ kind: 'welcomed', heartbeatMs: 20_000, quota });
  }

  lose(fatal = false, toldMs: number | null = null, draw = 0.5): void {
    if (this.link === 'closed') return;
    this.link = 'closed';
    this.inFlight = [];
    this.reconciling = null;
    if (toldMs !== null) this.#mayConnectAt = this.now + toldMs;
    this.feed({ kind: 'lost', fatal, reason: 'gone', toldMs, draw });
  }

  say(message: SessionMessage): void {
    if (this.link !== 'open') return;
    if (message.type === 'no-work') this.#mayAskAt = this.now + message.retryAfterMs;
    if (message.type === 'assign') this.#mayAskAt = 0;
    this.feed({ kind: 'said', message });
  }

  assign(count: number): void {
    if (count > 0) this.say(assignFrame(Array.from({ length: count }, () => this.#nextLease++)));
  }

  /** Leases that are held already, once more. */
  assignAgain(): void {
    const held = Array.from({ length: this.#nextLease }, (_, n) => n).filter(
      (n) => this.state.results.has(leaseId(n)) || (this.state.leases.get(leaseId(n))?.phase.kind ?? 'aborting') !== 'aborting',
    );
    if (held.length > 0) this.say(assignFrame(held));
  }

  answerReconcile(dropEvery: number): void {
    if (this.reconciling === null || this.link !== 'open') return;
    const drop = this.reconciling.filter((_, i) => dropEvery > 0 && i % dropEvery === 0);
    this.reconciling = null;
    this.#dropped(drop);
    this.say({ type: 'reconciled', drop });
  }

  revoke(lease: LeaseId): void {
    this.#dropped([lease]);
    const held = this.state.leases.get(lease);
    this.say({ type: 'revoke', leases: [{ lease, job: held?.job ?? ('' as never), index: held?.index ?? 0 }], reason: 'final' });
  }

  record(count: number): void {
    const now = this.inFlight.splice(0, count);
    for (const lease of now) this.recorded.add(lease);
    if (now.length > 0) this.say({ type: 'recorded', results: now.map((lease) => ({ lease, outcome: 'recorded' })) });
  }

  prepare(pick: number, how: 'prepared' | 'unusable'): void {
    const lease = pickFrom(this.preparing, pick);
    if (lease === undefined) return;
    this.preparing.delete(lease);
    if (how === 'prepared') this.feed({ kind: 'prepared', lease });
    else this.feed({ kind: 'unusable', lease, error: 'untrusted', message: 'no' });
  }

  end(pick: number, ending: Ending): void {
    const lease = pickFrom(this.executing, pick);
    if (lease === undefined) return;
    this.executing.delete(lease);
    this.feed({ kind: 'ended', lease, ending: this.aborted.has(lease) ? { status: 'aborted' } : ending });
  }

  spoil(pick: number): void {
    const lease = pickFrom(this.executing, pick);
    if (lease === undefined) return;
    this.executing.delete(lease);
    this.feed({ kind: 'spoilt', lease, message: 'the disk ate it' });
  }

  keep(): void {
    const leases = [...this.keeping];
    this.keeping.clear();
    for (const lease of leases) this.kept.add(lease);
    if (leases.length > 0) this.feed({ kind: 'kept', leases });
  }

  upload(): void {
    const leases = [...this.uploading];
    this.uploading.clear();
    for (const lease of leases) this.feed({ kind: 'uploaded', lease });
  }

  /** The coordinator answers, the sandbox computes, the disk keeps: until nothing moves any more. */
  heal(): void {
    for (let round = 0; round < 3_000 && this.ended === null; round++) {
      this.welcome(100);
      this.answerReconcile(0);
      this.prepare(0, 'prepared');
      this.end(0, { status: 'ok', output: '1', elapsedMs: 10 });
      this.keep();
      this.upload();
      this.record(1_000);
      this.advance(1_000);
    }
  }

  #dropped(leases: readonly LeaseId[]): void {
    for (const lease of leases) if (this.state.leases.has(lease)) this.letGo.add(lease);
  }

  #perform(action: AgentAction): void {
    switch (action.kind) {
      case 'connect':
        assert(this.link === 'closed', 'connected twice');
        assert(this.now >= this.#mayConnectAt, 'came back sooner than told (I32)');
        this.link = 'connecting';
        break;
      case 'send':
        this.#hear(action.message);
        break;
      case 'prepare':
        this.preparing.add(action.lease.lease);
        break;
      case 'run':
        assert(!this.executing.has(action.lease.lease), 'a lease ran twice at once');
        assert(!this.preparing.has(action.lease.lease), 'ran before it was prepared');
        assert(this.state.pause === null && this.state.intent.kind !== 'stopping', 'ran against orders');
        this.executing.add(action.lease.lease);
        break;
      case 'abort':
        if (this.executing.has(action.lease)) this.aborted.add(action.lease);
        this.preparing.delete(action.lease);
        break;
      case 'note-leases':
        for (const { lease } of action.leases) this.noted.add(lease);
        break;
      case 'keep':
        assert(!this.kept.has(action.kept.result.lease), 'kept twice');
        this.keeping.add(action.kept.result.lease);
        break;
      case 'upload':
        this.uploading.add(action.kept.result.lease);
        break;
      case 'forget':
        for (const lease of action.leases) this.#forget(lease);
        break;
      case 'note-pause':
        this.notedPause = action.pause;
        break;
      case 'exit':
        assert(this.ended === null, 'ended twice');
        this.ended = action;
    }
  }

  #forget(lease: LeaseId): void {
    assert(!this.forgotten.has(lease), 'forgotten twice');
    assert(this.letGo.has(lease) || this.recorded.has(lease), 'forgotten though nobody let go of it');
    assert(!this.kept.has(lease) || this.recorded.has(lease), 'a result was forgotten before it was recorded');
    this.forgotten.add(lease);
  }

  #hear(message: ActionOf<'send'>['message']): void {
    this.sent.push(message);
    assert(this.link === 'open', `${message.type} without a connection`);
    if (message.type === 'reconcile') {
      this.reconciling = [...(this.reconciling ?? []), ...message.leases.map(({ lease }) => lease)];
      return;
    }
    assert(this.reconciling === null, `${message.type} before both sides agreed`);
    if (message.type === 'submit') {
      assert(this.inFlight.length === 0, 'two submits in flight');
      this.inFlight = message.results.map(({ lease }) => lease);
      for (const lease of this.inFlight) assert(this.kept.has(lease), 'submitted before it was kept');
    } else if (message.type === 'request-work') {
      const { threads, maxAhead } = this.state.settings;
      assert(
        Number.isInteger(message.replicas) && message.replicas >= 0 && message.replicas <= threads + maxAhead,
        `wished for ${message.replicas}`,
      );
      assert(message.replicas === 0 || this.now >= this.#mayAskAt, 'asked sooner than told (I32)');
    } else if (message.type === 'release') {
      for (const { lease } of message.leases) this.letGo.add(lease);
    }
  }

  #check(): void {
    const { leases, results, intent } = this.state;
    const due = nextWakeAt(this.state);
    assert(due === null || due > this.now, 'something due was not done');
    assert(this.notedPause?.untilAt === this.state.pause?.untilAt, 'a restart would not pause as this does');
    for (const lease of results.keys()) assert(!leases.has(lease), 'both unfinished and finished');
    if (intent.kind === 'working' || intent.kind === 'finishing') {
      for (const lease of this.noted) {
        assert(leases.has(lease) || results.has(lease) || this.letGo.has(lease) || this.recorded.has(lease), `${lease} was lost`);
      }
    }
    for (const lease of this.executing) {
      assert(['running', 'aborting'].includes(leases.get(lease)?.phase.kind ?? '') || this.ended !== null, 'a run that nobody knows of');
    }
    for (const lease of this.kept) assert(this.recorded.has(lease) || results.has(lease) || this.ended !== null, 'a kept result was lost');
  }
}

function assert(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}

const pickFrom = <T>(set: ReadonlySet<T>, pick: number): T | undefined => [...set][pick % Math.max(1, set.size)];
