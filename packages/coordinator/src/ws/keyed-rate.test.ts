import { expect, test } from 'vitest';
import { KeyedRate } from './keyed-rate.ts';

const rate = { perSecond: 1, burst: 2 };

test('[GW6] each key is counted by itself', () => {
  const rates = new KeyedRate(rate);
  expect([rates.take('a', 0), rates.take('a', 0), rates.take('a', 0), rates.take('b', 0)]).toEqual([0, 0, 1_000, 0]);
});

test('[GW18] a million addresses take no more memory than the bound, and the latest are remembered', () => {
  const rates = new KeyedRate(rate, 1_000);
  for (let i = 0; i < 1_000_000; i++) rates.take(`10.${i}`, 0);
  expect(rates.size).toBe(1_000);
  expect([rates.take('10.999999', 0), rates.take('10.999999', 0)]).toEqual([0, 1_000]);
});

test('[GW18] what makes no difference any more is forgotten, what does is kept', () => {
  const rates = new KeyedRate(rate);
  rates.take('a', 0);
  rates.take('b', 0);
  rates.take('b', 0);
  rates.sweep(1_000);
  expect([rates.size, rates.wait('b', 999)]).toEqual([1, 1]);
});
