import { expect, test } from 'vitest';
import { colluders } from '../adversaries/colluders.ts';
import { constantLiars } from '../adversaries/constant-liars.ts';
import { hoarders } from '../adversaries/hoarders.ts';
import { honest } from '../adversaries/honest.ts';
import { SCHEMES } from '../schemes/catalogue.ts';
import { quorum } from '../schemes/quorum.ts';
import type { SchemeMaker } from './scheme.ts';
import { type Plan, type Run, simulate } from './simulate.ts';
import { LIAR } from './tally.ts';

const PLAN: Plan = { units: 2000, hosts: 40, f: 0.2, adverseKind: LIAR, wrongIn: 1000, seed: 1, spread: 0.5 };
const HONEST_PLAN: Plan = { ...PLAN, f: 0 };

const figuresOf = ({ tally, makespanMs }: Run) => ({
  wrong: tally.wrong,
  results: tally.results,
  referee: tally.refereeRuns,
  identities: tally.identities,
  banned: tally.bannedHosts,
  makespanMs,
});

test.each(Object.entries(SCHEMES))('[SA1] %s: the same seed gives the same run, another one another', (_name, scheme) => {
  const run = (seed: number) => figuresOf(simulate({ ...PLAN, seed }, scheme, constantLiars(0.3)));
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test.each(Object.entries(SCHEMES))(
  '[SA4] %s: with honest hosts only nothing is wrong, nobody is blamed, everything is decided',
  (_name, scheme) => {
    const { tally } = simulate(HONEST_PLAN, scheme, honest);
    expect({ wrong: tally.wrong, open: tally.open, banned: tally.bannedHosts, blamed: tally.blamedHosts }).toEqual({
      wrong: 0,
      open: 0,
      banned: [0, 0, 0],
      blamed: [0, 0, 0],
    });
    expect(tally.identities).toBe(PLAN.hosts);
  },
);

/** Runs a scheme and notes which host was given which unit how often. */
function witnessed(maker: SchemeMaker, given: Map<string, number>): SchemeMaker {
  return (job, book, referee, draw) => {
    const scheme = maker(job, book, referee, draw);
    const requestWork = scheme.requestWork.bind(scheme);
    scheme.requestWork = (host, now, chance) => {
      const unit = requestWork(host, now, chance);
      const key = `${host} ${unit}`;
      if (unit >= 0) given.set(key, (given.get(key) ?? 0) + 1);
      return unit;
    };
    return scheme;
  };
}

test.each(['none', 'quorum-3', 'm-first', 'boinc'])('[SA5] %s never hands a host a unit that it has had, even one that it kept', (name) => {
  const given = new Map<string, number>();
  simulate(PLAN, witnessed(SCHEMES[name] as SchemeMaker, given), hoarders);
  expect(given.size).toBeGreaterThan(PLAN.units);
  expect(Math.max(...given.values())).toBe(1);
});

test('[SA6] more votes than there are hosts: the job ends, and says so', () => {
  const { tally } = simulate({ ...HONEST_PLAN, units: 50, hosts: 20 }, quorum(21), honest);
  expect(tally.open).toBe(50);
});

test('[SA7] [SA11] who is refused work comes back under a new name', () => {
  const { tally, adverse } = simulate(PLAN, SCHEMES['spot-check'] as SchemeMaker, colluders);
  expect(adverse).toBe(8);
  expect(tally.identities).toBeGreaterThan(PLAN.hosts + 20);
  const [honestBanned, liarsBanned] = tally.bannedHosts;
  expect(honestBanned).toBe(0);
  expect(liarsBanned).toBeGreaterThanOrEqual(tally.identities - PLAN.hosts);
});
