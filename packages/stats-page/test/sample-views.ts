/** Views as a coordinator would send them, for tests. Every field can be overridden. */
import type { AccountView, JobMap, JobView, Leaderboard, ProjectView, StatsView, TeamView, UnitCounts } from '@manyhands/protocol';
import { accountViewSchema, jobMapSchema, jobViewSchema, projectViewSchema, statsViewSchema, teamViewSchema } from '@manyhands/protocol';

const id = (prefix: string, letter: string): string => `${prefix}_${letter.repeat(22)}`;
export const accountOf = (letter: string): string => id('account', letter);

export const sampleUnits = (over: Partial<UnitCounts> = {}): UnitCounts => ({
  total: 10_000,
  waiting: 4_100,
  running: 1_480,
  verifying: 1_000,
  provisional: 0,
  final: 3_412,
  failed: 8,
  cancelled: 0,
  ...over,
});

export const sampleJob = (over: Partial<JobView> = {}): JobView =>
  jobViewSchema.parse({
    id: id('job', 'a'),
    task: `sha256:${'ab'.repeat(32)}`,
    taskName: 'narrowband',
    title: 'Narrowband tones',
    author: 'Ada',
    state: 'running',
    verify: { kind: 'quorum', k: 2, agree: { kind: 'exact' } },
    createdAt: Date.UTC(2026, 10, 22, 18, 40),
    finishedAt: null,
    units: sampleUnits(),
    resultsPerUnit: 2.04,
    unitsPerSecond: 41.7,
    remainingMs: 128_000,
    hosts: 12,
    ...over,
  });

export const sampleStats = (over: Partial<StatsView> = {}): StatsView =>
  statsViewSchema.parse({
    asOf: Date.UTC(2026, 10, 22, 18, 45, 12),
    project: 'Radio Grid',
    hostsOnline: 12,
    coresOnline: 48,
    hostsEver: 311,
    accountsEver: 207,
    unitsPerSecond: 41.7,
    finalUnits: 1_204_411,
    throughput: Array.from({ length: 60 }, (_, i) => 20 + (i % 7) * 4),
    leaders: [
      { account: accountOf('a'), name: 'Grace', team: 'Night shift', validResults: 12_000, credit: 8124.33, recentCredit: 57.2 },
      { account: accountOf('b'), name: null, team: null, validResults: 900, credit: 12, recentCredit: 0.4 },
    ],
    teams: [{ team: 'Night shift', accounts: 3, validResults: 14_000, credit: 9000, recentCredit: 61 }],
    jobs: [sampleJob()],
    ...over,
  });

export const sampleProject = (over: Partial<ProjectView> = {}): ProjectView =>
  projectViewSchema.parse({
    name: 'Radio Grid',
    description: 'Searching radio recordings for narrowband signals that drift in frequency.',
    operator: 'Example Observatory',
    projectKey: 'k'.repeat(43),
    software: 'manyhands 0.1.0',
    protocol: { oldest: 1, newest: 1 },
    tasks: [],
    ...over,
  });

const STATES = ['final', 'verifying', 'running', 'failed', 'cancelled', 'waiting'] as const;

/** A map in which every state occurs. */
export const sampleMap = (cells = 60): JobMap =>
  jobMapSchema.parse({
    unitsPerCell: 25,
    cells: Array.from({ length: cells }, (_, i) => {
      const state = STATES[Math.min(Math.floor((i / cells) * STATES.length), STATES.length - 1)];
      const final = state === 'final' ? 25 : state === 'verifying' ? 7 : 0;
      return { state, final, total: 25, verifiedBy: final > 0 ? ['Grace', accountOf('b')] : [] };
    }),
  });

const history = {
  asOf: Date.UTC(2026, 10, 22, 18, 45, 12),
  invalidResults: 2,
  days: Array.from({ length: 90 }, (_, i) => ({
    day: new Date(Date.UTC(2026, 10, 22 - 89 + i)).toISOString().slice(0, 10),
    credit: i < 60 ? 0 : i + 0.5,
    validResults: i < 60 ? 0 : 2 * i,
  })),
};

export const sampleAccount = (over: Partial<AccountView> = {}): AccountView =>
  accountViewSchema.parse({ ...sampleStats().leaders[0], hosts: 3, ranks: { total: 2, recent: null }, ...history, ...over });

export const sampleTeam = (over: Partial<TeamView> = {}): TeamView =>
  teamViewSchema.parse({
    ...sampleStats().teams[0],
    members: sampleStats().leaders,
    ranks: { total: 1, recent: 4 },
    ...history,
    ...over,
  });

/** The leaders of the sample figures, the first of them on the second place. */
export const sampleAround = (lines = sampleStats().leaders): Leaderboard => ({
  of: 'accounts',
  by: 'total',
  asOf: history.asOf,
  next: null,
  lines: lines.map((line, i) => ({ rank: i + 2, ...line })),
});
