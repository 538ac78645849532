import { expect, test } from 'vitest';
import { ERROR_STATUS, errorBodySchema } from './errors.ts';

test.each(Object.entries(ERROR_STATUS))('[PR10] %s is answered with status %d', (code, status) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(errorBodySchema.safeParse({ error: { code, message: 'why', details: { row: 3 } } }).success).toBe(true);
});

test.each([{}, { error: 'no' }, { error: { code: 'unheard-of', message: '' } }, { error: { code: 'conflict' } }])(
  '[PR10] %j is no error of ours',
  (body) => {
    expect(errorBodySchema.safeParse(body).success).toBe(false);
  },
);
