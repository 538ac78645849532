/**
 * What verdicts under `confidence` claim of hosts, held against the whole job: no host can have passed more checks in it than answers of its were
 * confirmed, and liars cannot have been assumed rarer than with every host seen and none convicted. Fed unit by unit; a line a host is kept.
 */
import { type HostId, unitIdOf, type VerifyPolicy } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import type { Violation } from './invariants.ts';
import { liarOdds } from './odds.ts';
import { isVote, type Vote } from './quorum.ts';
import type { WorkUnit } from './work-unit.ts';

interface Claim {
  readonly value: number;
  readonly subject: string;
}

export class ClaimedChecks {
  readonly #passed = new Map<HostId, number>();
  readonly #highest = new Map<HostId, Claim>();
  /** null: no verdict by odds yet. */
  #lowestPhi: Claim | null = null;

  add(unit: WorkUnit, verify: VerifyPolicy): void {
    for (const replica of unit.replicas)
      if (isVote(replica)) {
        const isPassed = (replica.kind === 'judged' && replica.isChecked === true) || isTrue(unit, replica, verify);
        this.#passed.set(replica.host, this.#passedBy(replica.host) + Number(isPassed));
      }
    if (unit.state.kind !== 'final' || unit.state.grounds?.kind !== 'odds') return;
    const { phi, members } = unit.state.grounds;
    const subject = unitIdOf(unit.job, unit.index);
    if (this.#lowestPhi === null || phi < this.#lowestPhi.value) this.#lowestPhi = { value: phi, subject };
    for (const { no, checks } of members) {
      const replica = unit.replicas[no];
      // Whoever said nothing is found where the verdict is counted again.
      if (replica === undefined || !isVote(replica)) continue;
      if (checks > (this.#highest.get(replica.host)?.value ?? -1)) this.#highest.set(replica.host, { value: checks, subject });
    }
  }

  #passedBy(host: HostId): number {
    return this.#passed.get(host) ?? 0;
  }

  violations(): Violation[] {
    const inflated = [...this.#highest].filter(([host, { value }]) => value > this.#passedBy(host));
    const fewestLiars = liarOdds({ seen: this.#passed.size, convicted: 0 });
    return [
      ...inflated.map(([host, { value, subject }]) =>
        violation(subject, `it says that ${host} had passed ${value} checks; in the whole job it passed ${this.#passedBy(host)}`),
      ),
      ...(this.#lowestPhi !== null && this.#lowestPhi.value < fewestLiars
        ? [violation(this.#lowestPhi.subject, 'it takes liars for rarer than the hosts of this job allow')]
        : []),
    ];
  }
}

/** A host that was right where the verdict was not passed a check by it. */
const isTrue = (unit: WorkUnit, { digest }: Vote, verify: VerifyPolicy): boolean =>
  typeof unit.truth === 'string' && agrees(unit, digest, unit.truth, verify) === true;

const violation = (subject: string, message: string): Violation => ({ rule: 'I15', subject, message });
