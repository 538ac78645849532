/** What a decision under `confidence` knows of hosts, spelled by small numbers; and one unit played through with it. */
import type { HostId } from '@manyhands/protocol';
import { confidenceOf, hostId, issue, jobId, result } from '@manyhands/testkit';
import type { Transition, TransitionContext, TrustView } from '../src/domain/transition.ts';
import type { UnitCommand } from '../src/domain/unit-command.ts';
import { transition } from '../src/domain/unit-machine.ts';
import { createUnit, type WorkUnit } from '../src/domain/work-unit.ts';

export const confidence = (wrongIn = 1_000) => confidenceOf(wrongIn);

/** Established hosts with the checks each has passed; everybody else is a newcomer. Nothing is audited, and no canary is lacking, unless said. */
export function trustIn(established: Readonly<Record<number, number>>, over: Partial<TrustView> = {}): TrustView {
  const checks = new Map<HostId, number>(Object.entries(established).map(([n, passed]) => [hostId(Number(n)), passed]));
  return {
    checksOf: (host) => checks.get(host) ?? null,
    hasStill: (host, claimed) => (checks.get(host) ?? 0) >= claimed,
    phi: 0.01,
    auditShare: () => 0,
    lacksCanaries: false,
    mayLookAgain: false,
    ...over,
  };
}

export const contextOf = (trust: TrustView, over: Partial<TransitionContext> = {}): TransitionContext => ({
  now: 1_000,
  verify: confidence(),
  timeoutMs: 60_000,
  maxReplicas: 10,
  maxErrors: 3,
  typicalCredit: null,
  trust,
  ...over,
});

export const freshUnit = (replicas = 1): WorkUnit => createUnit({ job: jobId(1), index: 0 }, replicas);

/** The transitions of these commands, one after the other. */
export function play(unit: WorkUnit, context: TransitionContext, ...commands: readonly UnitCommand[]): Transition[] {
  const played: Transition[] = [];
  for (const command of commands) played.push(transition(played.at(-1)?.unit ?? unit, command, context));
  return played;
}

/** Everything that happened on the way, and where it ended. */
export function story(unit: WorkUnit, context: TransitionContext, ...commands: readonly UnitCommand[]) {
  const played = play(unit, context, ...commands);
  return {
    unit: played.at(-1)?.unit ?? unit,
    last: played.at(-1) as Transition,
    effects: played.flatMap(({ effects }) => effects),
    postings: played.flatMap(({ postings }) => postings),
    /** As `passed 3`: what became of host 3. */
    events: played.flatMap(({ hostEvents }) => hostEvents).map(({ kind, host }) => `${kind} ${Number.parseInt(host.slice(-4), 36)}`),
  };
}

/** `12a`: host 12 with the answer a. All are given a replica first, and then they answer, in this order. */
export function round(...texts: readonly string[]): UnitCommand[] {
  const answers = texts.map((text) => ({ host: Number.parseInt(text, 10), output: text.replace(/^\d+/, '') }));
  return [...answers.map(({ host }) => issue(host)), ...answers.map(({ host, output }) => result(host, output))];
}

/** A unit with a replica for each of them, so answered; and what came after. */
export const answered = (context: TransitionContext, texts: readonly string[], ...then: readonly UnitCommand[]) =>
  story(freshUnit(texts.length), context, ...round(...texts), ...then);
