import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACCOUNT, DIGEST, HOST, JOB, LEASE } from '../test/sample-messages.ts';
import { accountIdSchema, hostIdSchema, jobIdSchema, leaseIdSchema, parseUnitId, taskIdSchema, unitIdOf } from './ids.ts';

const kinds = [
  [jobIdSchema, JOB],
  [leaseIdSchema, LEASE],
  [hostIdSchema, HOST],
  [accountIdSchema, ACCOUNT],
  [taskIdSchema, DIGEST],
] as const;

test('[PR8] an id is accepted as its own kind and no other', () => {
  for (const [schema] of kinds) {
    const accepted = kinds.map(([, id]) => id).filter((id) => schema.safeParse(id).success);
    expect(accepted).toEqual(kinds.filter(([other]) => other === schema).map(([, id]) => id));
  }
});

test.each([`${JOB}A`, JOB.slice(0, -1), `${JOB}\n`, ` ${JOB}`, JOB.replace('A', '+'), JOB.replace('_', '-'), JOB.toUpperCase(), ''])(
  '[PR8] %j is no id',
  (text) => {
    for (const [schema] of kinds) expect(schema.safeParse(text).success).toBe(false);
  },
);

test('[PR8] a unit is named by its job and index, and the name is read back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999_999_999 }), (index) => {
      expect(parseUnitId(unitIdOf(JOB, index))).toEqual({ job: JOB, index });
    }),
  );
});

test.each([
  JOB,
  `${JOB}/`,
  `${JOB}/-1`,
  `${JOB}/01`,
  `${JOB}/1.5`,
  `${JOB}/1/2`,
  `${JOB}/ 1`,
  `/${JOB}/1`,
  'job_x/1',
  '/1',
  '',
  `${JOB}/${'9'.repeat(16)}`,
])('[PR8] %j names no unit', (text) => {
  expect(parseUnitId(text)).toBeNull();
});
