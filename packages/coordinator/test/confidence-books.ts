/**
 * One job under `confidence` with all its books in memory, as the engine keeps them: commands are folded into units, events into standings and
 * tallies, and convictions are followed up at once. What the referee is asked waits until a test answers it.
 */
import type { HostId } from '@manyhands/protocol';
import { confidenceOf, jobFacts } from '@manyhands/testkit';
import type { Ending, Posting, StoredResult } from '../src/domain/change-set.ts';
import type { Snapshot } from '../src/domain/invariants.ts';
import { type Job, ZERO_COUNTS } from '../src/domain/job.ts';
import { addCounts, endWhenDone } from '../src/domain/job-transitions.ts';
import { createStanding, foldStanding, type HostEvent, type Standing } from '../src/domain/standing.ts';
import { type Census, countTally, createTally, EMPTY_CENSUS, foldTally, type Tally } from '../src/domain/tally.ts';
import type { Transition } from '../src/domain/transition.ts';
import { type HostBook, viewTrust } from '../src/domain/trust-view.ts';
import type { UnitCommand } from '../src/domain/unit-command.ts';
import { transition } from '../src/domain/unit-machine.ts';
import { createUnit, type WorkUnit } from '../src/domain/work-unit.ts';

const FIRST_QUOTA = 8;

export class ConfidenceBooks implements HostBook {
  readonly maxReplicas: number = 10;
  readonly maxErrors: number = 3;
  job: Job;
  now = 1_000;
  census: Census = EMPTY_CENSUS;
  readonly units = new Map<number, WorkUnit>();
  readonly results: StoredResult[] = [];
  readonly endings: Ending[] = [];
  readonly postings: Posting[] = [];
  readonly standings = new Map<HostId, Standing>();
  readonly tallies = new Map<HostId, Tally>();
  readonly events: HostEvent[] = [];
  /** Units that the referee was asked to compute. */
  readonly refereeAsked: number[] = [];
  /** Answers that were final and were taken back. */
  retracted = 0;
  /** Hears of every unit that changed, before and after. */
  onChange: (before: WorkUnit, after: WorkUnit) => void = () => {};

  constructor(unitCount: number, wrongIn: number) {
    this.job = { ...jobFacts(unitCount), verify: confidenceOf(wrongIn), counts: ZERO_COUNTS };
  }

  standingOf(host: HostId): Standing | undefined {
    return this.standings.get(host);
  }

  tallyOf(host: HostId): Tally | undefined {
    return this.tallies.get(host);
  }

  get snapshot(): Snapshot {
    return {
      jobs: [this.job],
      units: [...this.units.values()],
      results: this.results,
      endings: this.endings,
      postings: this.postings,
      standings: [...this.standings.values()],
      tallies: [...this.tallies.values()],
      maxReplicas: this.maxReplicas,
      maxErrors: this.maxErrors,
    };
  }

  apply(command: UnitCommand): Transition {
    const before = this.units.get(command.index) ?? createUnit(command, 1);
    const { verify, limits, counts } = this.job;
    const { now, maxReplicas, maxErrors } = this;
    const trust = viewTrust(this.job, counts, this);
    const answer = transition(before, command, {
      now,
      verify,
      timeoutMs: limits.timeoutMs,
      maxReplicas,
      maxErrors,
      typicalCredit: null,
      trust,
    });
    for (const event of answer.hostEvents) this.#fold(event);
    if (answer.unit !== before) this.#keep(before, answer);
    for (const effect of answer.effects) {
      if (effect.kind === 'referee') this.refereeAsked.push(effect.index);
      if (effect.kind === 'backtrack') this.#strikeAll(effect.host);
    }
    return answer;
  }

  #keep(before: WorkUnit, { unit, results, postings, ending, countsDelta }: Transition): void {
    this.units.set(unit.index, { ...unit, revision: before.revision + 1 });
    this.results.push(...results);
    this.postings.push(...postings);
    if ((unit.retractions?.length ?? 0) > (before.retractions?.length ?? 0)) {
      this.retracted++;
      this.endings.splice(
        this.endings.findIndex(({ index }) => index === unit.index),
        1,
      );
    }
    if (ending !== null) this.endings.push(ending);
    this.job = endWhenDone({ ...this.job, nextFresh: this.units.size, counts: addCounts(this.job.counts, countsDelta) }, this.now);
    this.onChange(before, unit);
  }

  #fold(event: HostEvent): void {
    const { job, host, account } = event;
    this.events.push(event);
    const standing = this.standings.get(host) ?? createStanding(this.job.task, host, account, FIRST_QUOTA);
    this.standings.set(host, foldStanding(standing, event, this.now));
    const before = this.tallies.get(host) ?? null;
    const after = foldTally(before ?? createTally(job, host), event);
    if (after === before) return;
    this.census = countTally(this.census, before, after);
    this.tallies.set(host, after);
  }

  /** As the engine's backtracker does: everything that is believed for now and rests on it, and what is final and has nothing else to rest on. */
  #strikeAll(host: HostId): void {
    for (const { job, index, state, replicas } of [...this.units.values()]) {
      const isResting = replicas.some((replica) => replica.kind === 'judged' && replica.valid && replica.host === host);
      if (state.kind === 'provisional' && isResting) this.apply({ kind: 'strike', job, index, host });
      if (state.kind === 'final' && isResting) this.apply({ kind: 'retract', job, index });
    }
  }
}
