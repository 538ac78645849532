import { expect, test } from 'vitest';
import { quotedIn, quotedRules, statedRules } from './spec-rules.ts';

const stated = statedRules();
const quoted = quotedRules();

test('rules are read from titles', () => {
  expect(quotedIn('[CQ1] [CQ2] a title with [a] bracket')).toEqual(['CQ1', 'CQ2']);
  expect(quotedIn('a title about [CQ1]')).toEqual([]);
  expect(stated.size).toBeGreaterThan(50);
});

test('every rule of docs/spec is stated once', () => {
  expect([...stated].filter(([, files]) => files.length > 1)).toEqual([]);
});

test('every rule of docs/spec has a test whose title begins with it', () => {
  expect([...stated].filter(([rule]) => !quoted.has(rule)).map(([rule, files]) => `${rule} (docs/spec/${files[0]})`)).toEqual([]);
});

test('every rule that a test quotes is stated in docs/spec', () => {
  expect([...quoted].filter(([rule]) => !stated.has(rule)).map(([rule, paths]) => `${rule} (${paths[0]})`)).toEqual([]);
});
