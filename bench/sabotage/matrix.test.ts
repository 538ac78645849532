import { expect, test } from 'vitest';
import { type Choice, cellPlans } from './matrix.ts';
import { type Options, parseOptions } from './options.ts';

const choiceOf = (...args: string[]): Choice => (parseOptions(args) as Options).choice;
const plansOf = (...args: string[]) => {
  const plans = cellPlans(choiceOf(...args));
  if (typeof plans === 'string') throw new Error(plans);
  return plans;
};

test('[SA17] a name means itself, or all that begin with it', () => {
  const schemes = (name: string) => plansOf('--scheme', name, '--scenario', 'honest').map(({ scheme }) => scheme);
  expect(schemes('credibility')).toEqual(['credibility']);
  expect(schemes('quorum')).toEqual(['quorum-2', 'quorum-3', 'quorum-2-bans']);
  expect(schemes('boinc,none')).toEqual(['boinc', 'none']);
  expect(plansOf('--scenario', 'sleeper', '--scheme', 'none', '--f', '0.2')).toHaveLength(4);
});

test('[SA17] an unknown name is refused with the names there are', () => {
  expect(cellPlans(choiceOf('--scheme', 'trust-me'))).toMatch(/no scheme "trust-me".*quorum-2.*boinc/);
  expect(cellPlans(choiceOf('--scenario', ''))).toMatch(/no scenario "".*sleepers-10/);
});

test.each([
  [['--units', '0'], /--units needs a whole number/],
  [['--seed', 'x'], /--seed needs a whole number/],
  [['--f', '0.2,1.5'], /--f needs numbers between 0 and 1/],
  [['--schema', 'none'], /--schema/],
])('[SA17] %j is refused in words', (args, words) => {
  expect(parseOptions(args)).toMatch(words);
});

test('[SA17] sizes: a host for a thousand units, at least 20, unless told', () => {
  const size = (...args: string[]) => plansOf('--scheme', 'none', '--scenario', 'honest', ...args)[0];
  expect(size()).toMatchObject({ units: 100_000, hosts: 100, wrongIn: 10_000, seed: 1, f: 0 });
  expect(size('--units', '500')).toMatchObject({ units: 500, hosts: 20 });
  expect(size('--hosts', '500', '--wrong-in', '50', '--seed', '9')).toMatchObject({ hosts: 500, wrongIn: 50, seed: 9 });
});

test('[SA17] --all is every cell, narrowed down by what is named', () => {
  const all = plansOf('--all', '--scheme', 'none');
  expect(new Set(all.map(({ f }) => f))).toEqual(new Set([0, 0.01, 0.05, 0.2, 0.35]));
  expect(all.length).toBeGreaterThan(plansOf('--scheme', 'none').length);
  expect(all.filter(({ scenario }) => scenario === 'honest')).toHaveLength(1);
});
