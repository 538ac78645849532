import { audit, confirmation, hostId, issue } from '@manyhands/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answered, confidence, contextOf, freshUnit, story, trustIn } from '../../test/trust.ts';
import { AuditPlan, type Exposure, exposureOf } from './audit-plan.ts';
import { checksWanted } from './odds.ts';

const verify = confidence(1_000);
const trust = trustIn({ 1: 2, 2: 0, 3: 500 });
const context = contextOf(trust, { verify });
const exposed = (...texts: string[]) => exposureOf(answered(context, texts).unit, verify, trust);
const ALONE = { kind: 'one-word', host: hostId(1), isUnderAudit: false } as const satisfies Exposure;

test('[VF29] what is exposed: one host’s word, several that do not suffice, and nothing that does', () => {
  expect(exposed('1a')).toEqual(ALONE);
  expect(exposed('1a', '11a')).toEqual(ALONE);
  expect(exposed('3a')).toEqual({ kind: 'enough' });
  const doubtful = confidence(1e9);
  const two = answered(contextOf(trust, { verify: doubtful }), ['1a', '2a']).unit;
  expect(exposureOf(two, doubtful, trust)).toEqual({ kind: 'few-words' });
  // The word of a host that counts no more is as good as none.
  expect(exposureOf(answered(context, ['1a']).unit, verify, trustIn({}))).toEqual({ kind: 'few-words' });
});

test('[VF29] what is being audited says so', () => {
  const ready = story(answered(context, ['1a']).unit, context, audit()).unit;
  expect(exposureOf(ready, verify, trust)).toEqual({ ...ALONE, isUnderAudit: true });
  expect(exposureOf(story(ready, context, issue(2)).unit, verify, trust)).toEqual({ ...ALONE, isUnderAudit: true });
  expect(exposureOf(ready, verify, trustIn({}))).toEqual({ kind: 'under-audit' });
});

test('[VF29] a unit that is not believed for now, or that another policy decides, is not exposed', () => {
  expect(exposureOf(freshUnit(), verify, trust)).toBeNull();
  expect(exposureOf(story(answered(context, ['3a']).unit, context, confirmation()).unit, verify, trust)).toBeNull();
  expect(exposureOf(answered(context, ['1a']).unit, { kind: 'proof' }, trust)).toBeNull();
});

/** How many of so many answers of host 1 are drawn, by these draws. */
function drawnOf(answers: number, underAudit: number, draws: readonly number[], ask = trust): number {
  const plan = new AuditPlan(confidence(10_000), ask);
  for (let n = 0; n < answers; n++) plan.count(ALONE);
  for (let n = 0; n < underAudit; n++) plan.count({ ...ALONE, isUnderAudit: true });
  let drawn = 0;
  for (let n = 0; n < answers; n++) drawn += Number(plan.isDrawn(ALONE, draws[n % draws.length] as number));
  return drawn;
}

test('[VF29] of each host exactly so many are drawn as its word still lacks, whatever the lot', () => {
  // φ · 10,000 / e.
  expect(Math.ceil(checksWanted(0.01, 1, 10_000))).toBe(37);
  const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(fc.nat(120), fc.nat(60), fc.nat(60), draws, (answers, underAudit, checks, lots) => {
      const lacking = Math.max(0, 37 - checks - underAudit);
      expect(drawnOf(answers, underAudit, lots, trustIn({ 1: checks }))).toBe(Math.min(answers, lacking));
    }),
  );
});

test('[VF29] each answer of a host has the same chance, wherever it stands', () => {
  const plan = () => {
    const made = new AuditPlan(confidence(10_000), trustIn({ 1: 36 }));
    for (let n = 0; n < 4; n++) made.count(ALONE);
    return made;
  };
  // One of four is wanted: the first with chance 1/4, then the second with 1/3 of what is left, and so on.
  for (const [at, bound] of [1 / 4, 1 / 3, 1 / 2, 1].entries()) {
    for (const [draw, isDrawn] of [
      [bound * 0.999, true],
      [Math.min(1, bound * 1.001), false],
    ] as const) {
      const asked = plan();
      for (let before = 0; before < at; before++) asked.isDrawn(ALONE, 0.999);
      if (draw < 1) expect(asked.isDrawn(ALONE, draw)).toBe(isDrawn);
    }
  }
});

test('[VF29] several words that do not suffice are always drawn; what suffices, or is being audited, never', () => {
  const plan = new AuditPlan(verify, trust);
  expect(plan.isDrawn({ kind: 'few-words' }, 0.99)).toBe(true);
  expect(plan.isDrawn({ kind: 'enough' }, 0)).toBe(false);
  expect(plan.isDrawn({ kind: 'under-audit' }, 0)).toBe(false);
  expect(plan.isDrawn({ ...ALONE, isUnderAudit: true }, 0)).toBe(false);
});

test('[VF29] an answer that was not counted, because its host was convicted between the two readings, is drawn', () => {
  const plan = new AuditPlan(verify, trust);
  plan.count({ kind: 'few-words' });
  expect(plan.isDrawn(ALONE, 0.99)).toBe(true);
});

test('[VF29] a host whose word counts no more lacks everything', () => {
  expect(drawnOf(100, 0, [0.5], trustIn({}))).toBe(37);
});
