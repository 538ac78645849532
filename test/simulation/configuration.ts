/**
 * What a seed simulates. Swarm testing: every seed first draws which features it has at all, because what is left out lets the rest go further
 * (a world of constant crashes never fills a queue).
 */
import type { VerifyPolicy } from '@manyhands/protocol';
import type { EngineLimits } from '../../packages/coordinator/src/engine/engine-limits.ts';
import { Chance } from './chance.ts';
import { drawHosts, type HostPlan } from './host-plan.ts';

export const FEATURES = [
  ...['crashes', 'store-failures', 'stops', 'pauses', 'clock-steps', 'long-downtime'],
  ...['disconnects', 'absences', 'slow-links', 'amnesia', 'shared-accounts'],
  ...['errors', 'silence', 'slow-hosts', 'liars', 'collusion', 'thieves', 'oversize'],
  ...['duplicates', 'late-results', 'reordering', 'releases', 'bursts'],
  ...['streams', 'ranges', 'repeats', 'cancels', 'priorities'],
  ...['slow-judge', 'broken-judge', 'tight-pages', 'tight-cache', 'tight-batches', 'small-frames', 'overload', 'engine-classes'],
  ...['restores', 'old-workers', 'wrong-clocks'],
] as const;
export type Feature = (typeof FEATURES)[number];

export interface TaskPlan {
  readonly verify: VerifyPolicy;
  readonly isAlike: boolean;
}

export interface Configuration {
  readonly seed: number;
  readonly store: 'memory' | 'sqlite';
  readonly features: ReadonlySet<Feature>;
  /** All durations are multiples of it: some worlds last minutes, others months. */
  readonly grainMs: number;
  readonly isTolerant: boolean;
  readonly tasks: readonly TaskPlan[];
  readonly hosts: readonly HostPlan[];
  readonly authors: number;
  readonly jobs: number;
  readonly unitsPerJob: number;
  readonly leaseMs: number;
  /** How long there are faults. */
  readonly faultsMs: number;
  readonly limits: Partial<EngineLimits>;
}

/** At most. Most worlds are small: what goes wrong mostly does so in small ones too, and many of them fit into the time of a large one. */
const SIZES = {
  small: { hosts: 6, jobs: 2, units: 6, leases: 4, leaseGrains: 40 },
  medium: { hosts: 12, jobs: 4, units: 25, leases: 8, leaseGrains: 100 },
  large: { hosts: 50, jobs: 8, units: 100, leases: 12, leaseGrains: 150 },
} as const;

const POLICIES = ['quorum-1', 'quorum-2', 'quorum-3', 'proof', 'confidence', 'confidence'] as const;

export function drawConfiguration(seed: number): Configuration {
  const chance = new Chance(seed);
  const features = new Set(FEATURES.filter(() => chance.isTrue(0.4)));
  const grainMs = chance.pick([1_000, 1_000, 30_000, 900_000]);
  const size = SIZES[drawSize(chance)];
  const leaseMs = chance.int(20, size.leaseGrains) * grainMs;
  const isTolerant = chance.isTrue(0.3);
  const taskCount = chance.int(1, 3);
  return {
    seed,
    store: chance.isTrue(0.5) ? 'memory' : 'sqlite',
    features,
    grainMs,
    isTolerant,
    leaseMs,
    tasks: Array.from({ length: taskCount }, () => drawTask(chance, isTolerant, features)),
    hosts: drawHosts(chance, features, { count: chance.int(3, size.hosts), grainMs, leaseMs }),
    authors: chance.int(1, 3),
    jobs: chance.int(1, size.jobs),
    unitsPerJob: chance.int(1, size.units),
    faultsMs: chance.int(2, size.leases) * leaseMs,
    limits: { ...timesOf(grainMs, leaseMs), ...drawBounds(chance, features) },
  };
}

const drawSize = (chance: Chance): keyof typeof SIZES => {
  const draw = chance.real();
  return draw < 0.8 ? 'small' : draw < 0.97 ? 'medium' : 'large';
};

function drawTask(chance: Chance, isTolerant: boolean, features: ReadonlySet<Feature>): TaskPlan {
  const policy = chance.pick(POLICIES);
  const agree = isTolerant ? ({ kind: 'author' } as const) : ({ kind: 'exact' } as const);
  const isAlike = features.has('engine-classes') && chance.isTrue(0.5);
  const verify: VerifyPolicy =
    policy === 'proof'
      ? { kind: 'proof' }
      : policy === 'confidence'
        ? { kind: 'confidence', wrongIn: chance.pick([10, 100, 10_000]), agree }
        : { kind: 'quorum', k: Number(policy.slice(-1)), agree };
  return { verify, isAlike };
}

const timesOf = (grainMs: number, leaseMs: number): Partial<EngineLimits> => ({
  sweepMs: 3 * grainMs,
  keepAliveMs: 5 * grainMs,
  heartbeatMs: Math.round(leaseMs / 5),
  retryAfterMs: 8 * grainMs,
  auditPatienceMs: 15 * grainMs,
});

function drawBounds(chance: Chance, features: ReadonlySet<Feature>): Partial<EngineLimits> {
  return {
    quotaPerHost: chance.pick([1, 4, 16]),
    firstQuota: chance.pick([1, 4, 64]),
    maxReplicas: chance.pick([4, 6, 10]),
    maxErrors: chance.pick([1, 3]),
    ...(features.has('tight-pages') && { pageUnits: chance.int(1, 4), readyUnitsPerJob: chance.int(1, 5) }),
    ...(features.has('tight-cache') && { cachedUnits: chance.int(1, 6) }),
    ...(features.has('tight-batches') && { batchCommands: chance.int(1, 6) }),
    ...(features.has('small-frames') && { leasesPerFrame: chance.int(1, 3) }),
    ...(features.has('overload') && { queuedCommands: chance.int(1, 8) }),
  };
}
