/** What the machine's clock was set back by while a unit was under way changes nothing about it. */
import { comparisons, digestOf, issue, jobFacts, quorumOf, result } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { contextOf, freshUnit, play, trustIn } from '../../test/trust.ts';
import { ZERO_COUNTS } from './job.ts';
import { transition } from './unit-machine.ts';
import { evidenceViolations } from './verdict-recount.ts';
import { isCanary, type WorkUnit } from './work-unit.ts';

const HOUR_MS = 3_600_000;
const NOW = 10 * HOUR_MS;
const LATER = { deadlineAt: 20 * HOUR_MS };
const before = contextOf(trustIn({}), { verify: quorumOf(1), now: NOW });
const after = { ...before, now: NOW - HOUR_MS };

test('[WU14] a lease from before the clock was set back is still one of before the end, not a canary', () => {
  const leased = play(freshUnit(2), before, issue(1, 1, LATER), issue(2, 2, LATER)).at(-1)?.unit as WorkUnit;
  const { unit, ending } = transition(leased, result(1, 'a'), after);
  expect(unit.replicas.map((replica) => [replica.kind, isCanary(unit, replica)])).toEqual([
    ['judged', false],
    ['leased', false],
  ]);
  expect(ending?.at).toBe(unit.state.kind === 'final' && unit.state.at);
});

test.each([before.now, after.now])(
  '[VF37] an answer that had to be compared with a verdict had no part in it, whatever the clock says: %d',
  (now) => {
    const verify = { ...quorumOf(2), agree: { kind: 'author' } } as const;
    const [then, later] = [
      { ...before, verify },
      { ...before, verify, now },
    ];
    const final = play(
      freshUnit(3),
      then,
      ...[issue(1, 1, LATER), issue(2, 2, LATER), issue(3, 3, LATER), result(1, 'a'), result(2, 'b'), comparisons(['a', 'b', true])],
    );
    const unit = final.at(-1)?.unit as WorkUnit;
    const isFirst = unit.state.kind === 'final' && unit.state.digest === digestOf('a');
    const late = play(unit, later, result(3, 'c'), comparisons([isFirst ? 'a' : 'b', 'c', true]));
    const results = [...final, ...late].flatMap((transition) => transition.results);
    const job = { ...jobFacts(1), verify, counts: ZERO_COUNTS };
    expect(late.at(-1)?.unit.replicas[2]).toMatchObject({ kind: 'judged', valid: true });
    expect(evidenceViolations(late.at(-1)?.unit as WorkUnit, results, job, { maxReplicas: 4, maxErrors: 2 })).toEqual([]);
  },
);
