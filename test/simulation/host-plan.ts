/** What kind of host a simulated one is: how quick, how honest, how often it goes away. Rates are chances of each occasion; 0: never. */
import { PROTOCOL_VERSION } from '@manyhands/protocol';
import type { Chance } from './chance.ts';
import type { Feature } from './configuration.ts';

export interface HostPlan {
  readonly n: number;
  readonly account: number;
  readonly engine: string;
  readonly cores: number;
  readonly gflops: number | null;
  /** Mean time to compute a unit. */
  readonly unitMs: number;
  /** Mean time that a frame is under way. */
  readonly latencyMs: number;
  /** Mean time between connections that break; null: none does. */
  readonly connectedMs: number | null;
  /** Mean time until it comes back. */
  readonly awayMs: number;
  readonly lies: number;
  /** Lies as the other colluding liars do. */
  readonly isColluding: boolean;
  readonly errors: number;
  /** Of leases it takes and never answers. */
  readonly silence: number;
  readonly duplicates: number;
  readonly lateness: number;
  readonly thefts: number;
  readonly oversize: number;
  readonly releases: number;
  /** Of leases it has forgotten when it comes back. */
  readonly amnesia: number;
  readonly isReordering: boolean;
  /** What it speaks of the wire, until somebody updates it. */
  readonly versions: Versions;
  /** How fast its timers are; 1: as time. */
  readonly pace: number;
  /** Its clock is years off, so how long it took to compute is anything. */
  readonly isClockWrong: boolean;
}

export interface Versions {
  readonly oldest: number;
  readonly newest: number;
}

export const CURRENT: Versions = { oldest: PROTOCOL_VERSION, newest: PROTOCOL_VERSION };
/** One back, one back and today's, today's and the next, the next alone. */
const OTHERS: readonly Versions[] = [
  { oldest: PROTOCOL_VERSION - 1, newest: PROTOCOL_VERSION - 1 },
  { oldest: PROTOCOL_VERSION - 1, newest: PROTOCOL_VERSION },
  { oldest: PROTOCOL_VERSION, newest: PROTOCOL_VERSION + 1 },
  { oldest: PROTOCOL_VERSION + 1, newest: PROTOCOL_VERSION + 1 },
];

interface Scale {
  readonly count: number;
  readonly grainMs: number;
  readonly leaseMs: number;
}

export function drawHosts(chance: Chance, features: ReadonlySet<Feature>, scale: Scale): HostPlan[] {
  const { count } = scale;
  return Array.from({ length: count }, (_, n) => {
    const account = features.has('shared-accounts') ? chance.int(0, count >> 1) : n;
    return drawHost(chance, features, scale, { n, account });
  });
}

function drawHost(
  chance: Chance,
  features: ReadonlySet<Feature>,
  { grainMs, leaseMs }: Scale,
  who: Pick<HostPlan, 'n' | 'account'>,
): HostPlan {
  const sometimes = (feature: Feature, share: number, rate: number): number => (features.has(feature) && chance.isTrue(share) ? rate : 0);
  const isSlow = sometimes('slow-hosts', 0.3, 1) === 1;
  const isAbsent = sometimes('absences', 0.4, 1) === 1;
  const isClockWrong = sometimes('wrong-clocks', 0.5, 1) === 1;
  return {
    ...who,
    engine: features.has('engine-classes') ? chance.pick(['v8', 'v8', 'jsc']) : 'v8',
    cores: chance.pick([1, 2, 8]),
    gflops: chance.pick([null, 0.5, 4, 1e9]),
    unitMs: isSlow ? chance.int(leaseMs, 3 * leaseMs) : chance.int(grainMs, Math.max(grainMs, leaseMs >> 1)),
    latencyMs: features.has('slow-links') ? chance.int(10, 3 * grainMs) : 20,
    connectedMs: features.has('disconnects') || isAbsent ? chance.int(leaseMs >> 1, 4 * leaseMs) : null,
    awayMs: isAbsent ? chance.int(leaseMs, 4 * leaseMs) : 2 * grainMs,
    lies: sometimes('liars', 0.4, chance.pick([0.1, 0.5, 1])),
    isColluding: features.has('collusion'),
    errors: sometimes('errors', 0.5, 0.15),
    silence: sometimes('silence', 0.4, 0.3),
    duplicates: sometimes('duplicates', 0.6, 0.4),
    lateness: sometimes('late-results', 0.6, 0.3),
    thefts: sometimes('thieves', 0.3, 0.3),
    oversize: sometimes('oversize', 0.3, 0.1),
    releases: sometimes('releases', 0.5, 0.1),
    amnesia: sometimes('amnesia', 0.5, 0.3),
    isReordering: features.has('reordering'),
    versions: sometimes('old-workers', 0.5, 1) === 1 ? chance.pick(OTHERS) : CURRENT,
    isClockWrong,
    pace: isClockWrong ? chance.pick([0.5, 1, 3]) : 1,
  };
}

/** Does its work and nothing else: what is here once faults have stopped. */
export const honestHost = (n: number, engine: string, grainMs: number): HostPlan => ({
  n,
  account: n,
  engine,
  cores: 2,
  gflops: 1,
  unitMs: grainMs,
  latencyMs: 20,
  connectedMs: null,
  awayMs: grainMs,
  lies: 0,
  isColluding: false,
  errors: 0,
  silence: 0,
  duplicates: 0,
  lateness: 0,
  thefts: 0,
  oversize: 0,
  releases: 0,
  amnesia: 0,
  isReordering: false,
  versions: CURRENT,
  isClockWrong: false,
  pace: 1,
});
