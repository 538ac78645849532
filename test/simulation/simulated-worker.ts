/**
 * A host with a journal that outlives its connections: what it holds, and what it has computed and was not thanked for. Honest by nature; its plan says
 * where it is not. It asks no sooner than it was told (I32), and after every connection it says what it holds (I31).
 */
import type { Assign, LeaseId, LeaseRef, LeaseResult, RecordedOutcome } from '@manyhands/protocol';
import { negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, unitIdOf } from '@manyhands/protocol';
import { accountId, hostId } from '@manyhands/testkit';
import type { HostIdentity } from '../../packages/coordinator/src/engine/coordinator.ts';
import type { Chance } from './chance.ts';
import type { AnswerKind, GroundTruth } from './ground-truth.ts';
import { CURRENT, type HostPlan, type Versions } from './host-plan.ts';
import type { Life } from './life.ts';
import { OUTPUT_BYTES } from './output-bytes.ts';
import { type Heard, type Said, SimulatedConnection } from './simulated-connection.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Witness } from './witness.ts';

export interface WorkerPorts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly truth: GroundTruth;
  readonly witness: Witness;
  /** Leases of all hosts: thieves have seen them. */
  readonly seen: (LeaseRef & { readonly n: number })[];
  /** null: the coordinator is down. */
  life(): Life | null;
  note(text: string): void;
}

interface Held {
  readonly ref: LeaseRef;
  /** null: not computed yet. */
  result: LeaseResult | null;
}

const TOO_LARGE = '1'.repeat(OUTPUT_BYTES + 1);
const ERRORS = ['thrown', 'thrown', 'timeout', 'memory', 'crash', 'fatal'] as const;

export class SimulatedWorker {
  readonly plan: HostPlan;
  readonly #ports: WorkerPorts;
  readonly #held = new Map<LeaseId, Held>();
  /** What it has sent, to send some of it again. */
  readonly #sent: LeaseResult[] = [];
  /** Submitted through this connection, and not answered yet. */
  #unanswered: (readonly LeaseResult[])[] = [];
  #connection: SimulatedConnection | null = null;
  #isReconciled = false;
  #capacity = 0;
  #isFaulty = true;
  #versions: Versions;
  /** Of the books, when this connection began. */
  #age = 0;
  #isGone = false;

  constructor(plan: HostPlan, ports: WorkerPorts) {
    this.plan = plan;
    this.#versions = plan.versions;
    this.#ports = ports;
  }

  get host(): HostIdentity['host'] {
    return hostId(this.plan.n);
  }

  /** What it holds, when nothing that could change it is under way; null: it is not the moment to ask. */
  get settledLeases(): readonly LeaseId[] | null {
    return this.#isReconciled && this.#connection?.isQuiet === true ? [...this.#held.keys()] : null;
  }

  connect(): void {
    const { time, chance } = this.#ports;
    if (this.#connection !== null || this.#isGone) return;
    const life = this.#ports.life();
    if (life === null) time.after(chance.around(this.plan.awayMs), () => this.connect());
    else this.#open(life);
  }

  #open(life: Life): void {
    const { time, chance, witness } = this.#ports;
    const protocol = negotiateVersion(this.#versions);
    if (protocol === null) {
      this.#turnedAway();
      return;
    }
    this.#forgetSome();
    this.#age = witness.age;
    const connection = new SimulatedConnection({
      ...{ life, time, chance, latencyMs: this.plan.latencyMs },
      onSent: (frame) => witness.sent(this.host, frame),
      onHeard: (heard) => {
        if (connection === this.#connection) this.#hear(heard);
      },
    });
    this.#connection = connection;
    this.#unanswered = [];
    connection.open(this.#identity(protocol));
    if (this.plan.connectedMs !== null) time.after(chance.around(this.plan.connectedMs), () => this.#tire(connection));
  }

  /** The coordinator died: its end of the connection is gone. */
  sever(life: Life): void {
    if (this.#connection?.life === life) this.#connection.sever();
  }

  /** From now on it does nothing wrong. */
  reform(): void {
    this.#isFaulty = false;
  }

  /** For ever. */
  retire(): void {
    this.#isGone = true;
    this.#leave();
  }

  #tire(connection: SimulatedConnection): void {
    if (connection !== this.#connection || !this.#isFaulty) return;
    this.#leave();
    const { time, chance } = this.#ports;
    time.after(chance.around(this.plan.awayMs), () => this.connect());
  }

  #leave(): void {
    const { chance } = this.#ports;
    this.#ports.note(`host ${this.plan.n} leaves`);
    this.#connection?.leave(chance.isTrue(0.7) ? 0 : chance.around(10 * this.plan.awayMs));
    this.#lost();
  }

  #lost(): void {
    this.#connection = null;
    this.#isReconciled = false;
  }

  #forgetSome(): void {
    if (this.#isFaulty && this.plan.amnesia > 0)
      for (const lease of this.#held.keys()) if (this.#ports.chance.isTrue(this.plan.amnesia)) this.#held.delete(lease);
  }

  /** 4001, at the door: it comes back once it was updated. No version that is still spoken may be turned away (G9). */
  #turnedAway(): void {
    const { time, chance, witness, note } = this.#ports;
    const { oldest, newest } = this.#versions;
    note(`host ${this.plan.n} is turned away: it speaks ${oldest} to ${newest}`);
    if (oldest <= PROTOCOL_VERSION && newest >= OLDEST_PROTOCOL_VERSION)
      witness.accuse('G9', this.host, `it speaks ${oldest} to ${newest} and was turned away`);
    time.after(chance.around(4 * this.plan.awayMs), () => {
      this.#versions = CURRENT;
      this.connect();
    });
  }

  #identity(protocol: number): HostIdentity {
    const { n, account, cores, gflops, engine } = this.plan;
    return {
      ...{ host: this.host, account: accountId(account), hostKey: `key ${n}`, displayName: n % 3 === 0 ? null : `host ${n}` },
      ...{ team: n % 2 === 0 ? 'even' : null, cores, gflops, software: 'simulated', engine, protocol },
    };
  }

  #say(message: Said): void {
    this.#connection?.say(message);
  }

  #hear(heard: Heard): void {
    this.#ports.note(`host ${this.plan.n} hears ${heard.type === 'opened' ? 'welcome' : JSON.stringify(heard)}`);
    switch (heard.type) {
      case 'opened':
        this.#capacity = Math.min(heard.session.quota, 2 * this.plan.cores);
        this.#beat(this.#connection as SimulatedConnection, heard.session.heartbeatMs);
        if (this.#ports.chance.isTrue(0.3)) this.#say({ type: 'request-work', replicas: this.#capacity });
        this.#reconcile();
        return;
      case 'lost':
        this.#lost();
        this.#ports.time.after(this.#ports.chance.around(this.plan.awayMs), () => this.connect());
        return;
      case 'reconciled':
        for (const lease of heard.drop) this.#held.delete(lease);
        this.#isReconciled = true;
        this.#submit([...this.#held.values()].flatMap(({ result }) => (result === null ? [] : [result])));
        this.#ask();
        return;
      case 'assign':
        this.#take(heard);
        return;
      case 'recorded':
        this.#hearAnswers(heard.results);
        for (const { lease } of heard.results) this.#held.delete(lease);
        this.#ask();
        return;
      case 'renewed':
        for (const lease of heard.ended) this.#held.delete(lease);
        return;
      case 'revoke':
        for (const { lease } of heard.leases) this.#held.delete(lease);
        this.#ask();
        return;
      case 'no-work':
        this.#askLater(this.#connection as SimulatedConnection, heard.retryAfterMs);
        return;
    }
  }

  /** What was promised by books that were lost since, and arrives only now, binds nobody. */
  #hearAnswers(answers: readonly { readonly lease: LeaseId; readonly outcome: RecordedOutcome }[]): void {
    const { witness } = this.#ports;
    const results = this.#unanswered.shift() ?? [];
    if (this.#age === witness.age) witness.answered(this.host, results, answers);
  }

  #reconcile(): void {
    const refs = [...this.#held.values()].map(({ ref }) => ref);
    const half = refs.length > 1 && this.#ports.chance.isTrue(0.3) ? refs.length >> 1 : 0;
    if (half > 0) this.#say({ type: 'reconcile', leases: refs.slice(0, half), more: true });
    this.#say({ type: 'reconcile', leases: refs.slice(half), more: false });
  }

  #ask(): void {
    const room = this.#capacity - this.#held.size;
    if (this.#isReconciled && room > 0) this.#say({ type: 'request-work', replicas: room });
  }

  #askLater(connection: SimulatedConnection, ms: number): void {
    this.#ports.time.after(ms * this.#pace, () => {
      if (connection === this.#connection) this.#ask();
    });
  }

  #beat(connection: SimulatedConnection, everyMs: number): void {
    this.#ports.time.after(everyMs * this.#pace, () => {
      if (connection !== this.#connection) return;
      const leases = [...this.#held.values()].map(({ ref }) => ref);
      if (this.#isReconciled && leases.length > 0) this.#say({ type: 'renew', leases });
      this.#beat(connection, everyMs);
    });
  }

  #take({ job, leases }: Assign): void {
    const { witness, chance, time, seen } = this.#ports;
    if (!this.#isReconciled) witness.accuse('EN3', this.host, 'it was given work before it had reconciled');
    for (const { lease, index } of leases) {
      if (this.#held.has(lease)) witness.accuse('I10', lease, 'it was assigned twice');
      const ref = { lease, job, index };
      this.#held.set(lease, { ref, result: null });
      seen.push({ ...ref, n: this.plan.n });
      if (this.#is('silence')) continue;
      const isReleased = this.#is('releases');
      time.after(chance.around(this.plan.unitMs), () => (isReleased ? this.#release(ref) : this.#finish(ref)));
    }
  }

  #release(ref: LeaseRef): void {
    if (!this.#isReconciled) this.#finish(ref);
    else if (this.#held.delete(ref.lease)) {
      this.#say({ type: 'release', leases: [ref] });
      this.#ask();
    }
  }

  #finish(ref: LeaseRef): void {
    const held = this.#held.get(ref.lease);
    if (held === undefined) return;
    held.result = this.#compute(ref);
    const { time, chance } = this.#ports;
    if (this.#is('lateness')) {
      const { result } = held;
      time.after(chance.around(20 * this.plan.unitMs), () => this.#submit([result]));
    } else this.#submit([held.result]);
    if (this.#is('duplicates')) time.after(chance.around(this.plan.unitMs), () => this.#repeat());
    if (this.#is('thefts')) this.#steal();
  }

  #compute(ref: LeaseRef): LeaseResult {
    const { chance, truth } = this.#ports;
    const elapsedMs = this.plan.isClockWrong ? chance.pick([0, 1, 1e12]) : this.plan.unitMs;
    if (this.#is('errors')) return { ...ref, status: 'error', kind: chance.pick(ERRORS), message: 'it failed', elapsedMs };
    if (this.#is('oversize')) return { ...ref, status: 'ok', output: TOO_LARGE, elapsedMs };
    const output = truth.answer(unitIdOf(ref.job, ref.index), this.#kindOfAnswer(), this.plan.n, chance.real());
    return { ...ref, status: 'ok', output, elapsedMs };
  }

  get #pace(): number {
    return this.#isFaulty ? this.plan.pace : 1;
  }

  #kindOfAnswer(): AnswerKind {
    if (!this.#is('lies')) return 'right';
    if (!this.plan.isColluding) return 'own';
    return this.#ports.chance.isTrue(0.2) ? 'border' : 'joint';
  }

  /** What it sent before, maybe with another answer, maybe much of it and in another order. */
  #repeat(): void {
    const { chance } = this.#ports;
    if (this.#sent.length === 0) return;
    const some = chance.isTrue(0.3) ? chance.shuffled(this.#sent).slice(0, 5) : [chance.pick(this.#sent)];
    this.#submit(some.map((result) => (chance.isTrue(0.2) ? this.#compute(result) : result)));
  }

  /** An answer for a lease that somebody else holds. */
  #steal(): void {
    const { chance, seen } = this.#ports;
    const { lease, job, index, n } = chance.pick(seen);
    if (n === this.plan.n) return;
    this.#submit([
      { lease, job, index, status: 'ok', output: this.#ports.truth.answer(unitIdOf(job, index), 'own', this.plan.n, 0), elapsedMs: 1 },
    ]);
  }

  #submit(results: readonly LeaseResult[]): void {
    if (!this.#isReconciled || results.length === 0) return;
    const inOrder = this.plan.isReordering && this.#isFaulty ? this.#ports.chance.shuffled(results) : results;
    for (const result of inOrder) this.#sent.push(result);
    if (this.#sent.length > 50) this.#sent.splice(0, this.#sent.length - 50);
    this.#unanswered.push(inOrder);
    this.#say({ type: 'submit', results: [...inOrder] });
  }

  #is(fault: 'silence' | 'releases' | 'lateness' | 'duplicates' | 'thefts' | 'errors' | 'oversize' | 'lies'): boolean {
    return this.#isFaulty && this.plan[fault] > 0 && this.#ports.chance.isTrue(this.plan[fault]);
  }
}
