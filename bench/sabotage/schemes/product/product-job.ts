/**
 * One job of the product, without its store and its wire: commands go through the domain's own `transition`, and what that decides is
 * carried out at once, in the order in which the engine would: hosts' events, counts, then effects.
 */
import type { VerifyPolicy } from '@manyhands/protocol';
import { type JobCounts, ZERO_COUNTS } from '../../../../packages/coordinator/src/domain/job.ts';
import { resultsWanted } from '../../../../packages/coordinator/src/domain/replication.ts';
import type { Transition, TransitionContext, TrustView, UnitOutcome } from '../../../../packages/coordinator/src/domain/transition.ts';
import { viewTrust } from '../../../../packages/coordinator/src/domain/trust-view.ts';
import type { UnitCommand } from '../../../../packages/coordinator/src/domain/unit-command.ts';
import type { UnitEffect } from '../../../../packages/coordinator/src/domain/unit-effect.ts';
import { transition } from '../../../../packages/coordinator/src/domain/unit-machine.ts';
import { createUnit, type WorkUnit } from '../../../../packages/coordinator/src/domain/work-unit.ts';
import { ENGINE_LIMITS } from '../../../../packages/coordinator/src/engine/engine-limits.ts';
import type { Book, Job, Referee } from '../../world/scheme.ts';
import { NO_VOTE, Votes } from '../votes.ts';
import type { HostLedger } from './host-ledger.ts';
import { answerOf, digestOf, hostIdOf, hostNumberOf, JOB } from './names.ts';

type Judging = Extract<UnitEffect, { kind: 'judge' | 'referee' | 'backtrack' }>;

/** A revocation goes to a host, which here does not listen; answers are equal or not, so nobody compares them. */
const isJudging = (effect: UnitEffect): effect is Judging =>
  effect.kind === 'judge' || effect.kind === 'referee' || effect.kind === 'backtrack';

export class ProductJob {
  readonly verify: VerifyPolicy;
  readonly counts: Record<keyof JobCounts, number> = { ...ZERO_COUNTS };
  readonly trust: TrustView;
  readonly #hosts: HostLedger;
  readonly #book: Book;
  readonly #referee: Referee;
  readonly #units: WorkUnit[] = [];
  readonly #unitCount: number;
  /** Who answered what, to find what rests on a host. */
  readonly #answers: Votes;
  readonly #timeoutMs: number;
  readonly #onSettled: (unit: WorkUnit) => void;
  readonly #effects: Judging[] = [];
  #isCarryingOut = false;

  constructor(job: Job, verify: VerifyPolicy, hosts: HostLedger, book: Book, referee: Referee, onSettled: (unit: WorkUnit) => void) {
    this.verify = verify;
    this.#hosts = hosts;
    this.#book = book;
    this.#referee = referee;
    this.#unitCount = job.units;
    this.#timeoutMs = job.leaseMs;
    this.#answers = new Votes(job.units, job.hosts);
    this.#onSettled = onSettled;
    this.trust = viewTrust({ verify, unitCount: job.units }, this.counts, hosts);
  }

  /** Units that somebody was given, in order of index. */
  get units(): readonly WorkUnit[] {
    return this.#units;
  }

  /** A unit that nobody was given yet; null: there is none. */
  nextFresh(): WorkUnit | null {
    const index = this.#units.length;
    if (index === this.#unitCount) return null;
    const fresh = createUnit({ job: JOB, index }, resultsWanted(this.verify));
    this.#units.push(fresh);
    return fresh;
  }

  /** Everything that follows from it is done when this returns. */
  apply(command: UnitCommand, now: number): UnitOutcome {
    const unit = this.#units[command.index] as WorkUnit;
    const decided = transition(unit, command, this.#contextAt(now));
    for (const event of decided.hostEvents) this.#hosts.fold(event, now, this.verify.kind === 'confidence');
    if (decided.unit !== unit) {
      this.#hosts.follow(unit, decided.unit);
      this.#keep(decided);
    }
    if (command.kind === 'record-result') this.#answers.add(command.index, hostNumberOf(command.host), answerOf(command.digest));
    this.#carryOut(now);
    return decided.outcome;
  }

  #contextAt(now: number): TransitionContext {
    const { maxReplicas, maxErrors } = ENGINE_LIMITS;
    return { now, verify: this.verify, timeoutMs: this.#timeoutMs, typicalCredit: null, maxReplicas, maxErrors, trust: this.trust };
  }

  #keep({ unit, countsDelta, effects }: Transition): void {
    this.#units[unit.index] = { ...unit, revision: unit.revision + 1 };
    for (const name in countsDelta) this.counts[name as keyof JobCounts] += countsDelta[name as keyof JobCounts] as number;
    this.#effects.push(...effects.filter(isJudging));
    this.#report(unit);
    this.#onSettled(this.#units[unit.index] as WorkUnit);
  }

  #report({ index, state }: WorkUnit): void {
    if (state.kind === 'provisional' || state.kind === 'final') this.#book.accept(index, answerOf(state.digest));
    else if (state.kind === 'failed') this.#book.giveUp(index);
    else this.#book.reopen(index);
  }

  /** One after the other, as the engine does; what they bring about waits its turn. */
  #carryOut(now: number): void {
    if (this.#isCarryingOut) return;
    this.#isCarryingOut = true;
    for (let effect = this.#effects.shift(); effect !== undefined; effect = this.#effects.shift()) this.#answer(effect, now);
    this.#isCarryingOut = false;
  }

  #answer(effect: Judging, now: number): void {
    const { job } = effect;
    if (effect.kind === 'backtrack') {
      this.#strikeAll(hostNumberOf(effect.host), now);
    } else if (effect.kind === 'referee') {
      const { index } = effect;
      this.apply({ kind: 'record-truth', job, index, digest: digestOf(index, this.#referee.compute(index)) }, now);
    } else {
      const { index, no, digest } = effect;
      const isRight = this.#referee.check(index, answerOf(digest));
      this.apply({ kind: 'judge-result', job, index, no, verdict: isRight ? 'valid' : 'invalid' }, now);
    }
  }

  /** Everything that provisionally rests on the host's word, and what is final and rests on convicted hosts alone (I19): at once, where the engine waits for the end. */
  #strikeAll(host: number, now: number): void {
    for (let vote = this.#answers.ofHost(host); vote !== NO_VOTE; vote = this.#answers.olderOfHost(vote)) {
      const index = this.#answers.unit(vote);
      const kind = this.#units[index]?.state.kind;
      if (kind === 'provisional') this.apply({ kind: 'strike', job: JOB, index, host: hostIdOf(host) }, now);
      if (kind === 'final') this.apply({ kind: 'retract', job: JOB, index }, now);
    }
  }
}
