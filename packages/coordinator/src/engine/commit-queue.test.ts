import { FakeClock, hostId, issue, jobFacts, jobId, release } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import type { ChangeSet } from '../domain/change-set.ts';
import { type Job, ZERO_COUNTS } from '../domain/job.ts';
import type { CommitResult } from '../ports/store.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { ask } from './ask.ts';
import { Books } from './books.ts';
import { CommitQueue, type Proposal } from './commit-queue.ts';
import type { Draft } from './draft.ts';

/** The memory store, whose commits wait at a gate until the test lets them through, one by one. */
class GatedStore extends MemoryStore {
  readonly asked: ChangeSet[] = [];
  readonly loaded: number[] = [];
  isOpen = true;
  /** null: the commit goes through. */
  verdict: (changes: ChangeSet) => CommitResult | Error | null = () => null;
  #waiting: (() => void)[] = [];

  override async commit(changes: ChangeSet): Promise<CommitResult> {
    this.asked.push(changes);
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const verdict = this.verdict(changes);
    if (verdict instanceof Error) throw verdict;
    return verdict ?? super.commit(changes);
  }

  override async loadUnits(refs: Parameters<MemoryStore['loadUnits']>[0]) {
    this.loaded.push(...refs.map(({ index }) => index));
    return super.loadUnits(refs);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  letThrough(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

const JOB: Job = { ...jobFacts(100), revision: 1, counts: ZERO_COUNTS };
const turns = async (n = 10) => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

async function open(limits: Partial<ConstructorParameters<typeof CommitQueue>[0]['limits']> = {}) {
  const store = new GatedStore();
  await MemoryStore.prototype.commit.call(store, { jobs: [JOB] });
  const log: string[] = [];
  const broken: unknown[] = [];
  const books = new Books(store, 1_000);
  const queue = new CommitQueue({
    store,
    books,
    clock: new FakeClock(),
    limits: { batchCommands: 100, queuedCommands: 1_000, commitAttempts: 3, maxReplicas: 10, maxErrors: 3, firstQuota: 8, ...limits },
    onCommitted: (_, changes) => log.push(`effects of ${changes.units.map(({ index }) => index).join(' ')}`),
    onBroken: (error) => broken.push(error),
  });
  const toLog = (name: string, over: Partial<Proposal<unknown>> = {}): Proposal<unknown> => ({
    units: [],
    jobs: [JOB.id],
    weight: 1,
    isSheddable: true,
    decide: () => log.push(`decide ${name}`),
    speak: () => log.push(`speak ${name}`),
    refuse: (reason) => log.push(`refuse ${name}: ${reason}`),
    ...over,
  });
  /** Leases the next fresh unit to host `n` under lease `n`. */
  const lease = (n: number, over: Partial<Proposal<unknown>> = {}) => {
    const { host, lease, account, deadlineAt } = issue(n);
    const decide = (draft: Draft) => {
      log.push(`decide ${n}`);
      return draft.issueFresh(JOB.id, { host, lease, account, deadlineAt });
    };
    return toLog(String(n), { decide, ...over });
  };
  return { store, queue, books, log, broken, toLog, lease };
}

const giveBack = (index: number, n: number): Partial<Proposal<unknown>> => ({
  units: [{ job: JOB.id, index }],
  decide: (draft) => draft.apply({ ...release(n), index }),
});

test('[CQ1] [CQ2] while one commit is in flight everything else waits, and becomes the next batch', async () => {
  const { store, queue, lease } = await open();
  store.isOpen = false;
  queue.propose(lease(1));
  await turns();
  for (const n of [2, 3, 4]) queue.propose(lease(n));
  await turns();
  expect(store.asked).toHaveLength(1);
  expect(queue.queued).toBe(3);
  store.letThrough();
  await turns();
  expect(store.asked.map(({ units }) => units?.length)).toEqual([1, 3]);
  expect(store.waiting).toBe(1);
  store.letThrough();
  await turns();
  expect(store.tables.jobs.get(JOB.id)).toMatchObject({ revision: 3, nextFresh: 4, counts: { issued: 4, running: 4 } });
});

test('[CQ2] a batch takes at most so many commands, and at least one proposal', async () => {
  const { store, queue, lease } = await open({ batchCommands: 10 });
  for (const [n, weight] of [
    [1, 4],
    [2, 6],
    [3, 1],
    [4, 50],
    [5, 1],
  ] as const)
    queue.propose(lease(n, { weight }));
  await turns();
  expect(store.asked.map(({ units }) => units?.length)).toEqual([2, 1, 1, 1]);
});

test('[CQ2] a proposal that changes nothing is answered without a commit', async () => {
  const { store, queue, log, toLog } = await open();
  queue.propose(toLog('nothing'));
  await turns();
  expect(store.asked).toEqual([]);
  expect(log).toEqual(['decide nothing', 'speak nothing']);
});

test('[CQ3] proposals decide in order of arrival, each on what those before it decided', async () => {
  const { store, queue, toLog } = await open();
  const seen: unknown[] = [];
  const { host, lease, account, deadlineAt } = issue(1);
  queue.propose(toLog('a', { decide: (draft) => seen.push(draft.issueFresh(JOB.id, { host, lease, account, deadlineAt })) }));
  queue.propose(toLog('b', { decide: (draft) => seen.push(draft.apply({ ...release(1), index: 0 }).kind) }));
  queue.propose(toLog('c', { decide: (draft) => seen.push(draft.apply({ ...issue(2), index: 0 }).kind) }));
  await turns();
  expect(seen).toEqual([0, 'done', 'issued']);
  expect(store.asked).toHaveLength(1);
  expect(store.tables.units.get(`${JOB.id}/0`)).toMatchObject({
    revision: 1,
    replicas: [{ kind: 'lost' }, { kind: 'leased', host: hostId(2) }],
  });
});

test('[CQ4] nobody hears anything before the commit is durable', async () => {
  const { store, queue, log, lease } = await open();
  store.isOpen = false;
  queue.propose(lease(1));
  const asked = ask(queue, { units: [], jobs: [], weight: 1, isSheddable: true, decide: () => 'answer' });
  let isAnswered = false;
  void asked.then(() => {
    isAnswered = true;
  });
  await turns();
  expect(log).toEqual(['decide 1']);
  expect(isAnswered).toBe(false);
  store.letThrough();
  expect(await asked).toEqual({ kind: 'durable', answer: 'answer' });
  expect(log).toContain('speak 1');
});

test('[CQ5] answers are spoken in order of arrival, effects after them', async () => {
  const { queue, log, lease } = await open();
  for (const n of [1, 2]) queue.propose(lease(n));
  await turns();
  expect(log).toEqual(['decide 1', 'decide 2', 'speak 1', 'speak 2', 'effects of 0 1']);
});

test('[CQ6] a conflict reads again only what conflicted, and decides again', async () => {
  const { store, queue, log, lease, toLog } = await open();
  for (const n of [1, 2]) queue.propose(lease(n));
  await turns();
  store.loaded.length = 0;
  // Somebody else released unit 0 behind our back.
  const unit = store.tables.units.get(`${JOB.id}/0`);
  if (unit === undefined) throw new Error('unit 0 was not stored');
  store.tables.units.set(`${JOB.id}/0`, { ...unit, revision: 2 });
  queue.propose(toLog('x', giveBack(0, 1)));
  queue.propose(toLog('y', giveBack(1, 2)));
  await turns();
  expect(store.loaded).toEqual([0]);
  expect(log.slice(-3)).toEqual(['speak x', 'speak y', 'effects of 0 1']);
  expect(store.tables.units.get(`${JOB.id}/0`)?.revision).toBe(3);
  expect(store.tables.jobs.get(JOB.id)?.counts).toMatchObject({ released: 2, idle: 2, running: 0 });
});

test('[CQ6] a job that another wrote is read again too', async () => {
  const { store, queue, log, lease } = await open();
  queue.propose(lease(1));
  await turns();
  store.tables.jobs.set(JOB.id, { ...(store.tables.jobs.get(JOB.id) as Job), revision: 9, state: 'closed' });
  queue.propose(lease(2));
  await turns();
  expect(log).toContain('speak 2');
  expect(store.tables.jobs.get(JOB.id)).toMatchObject({ revision: 10, nextFresh: 2 });
});

test('[CQ6] what keeps conflicting is refused after a bounded number of times, and the others get on', async () => {
  const { store, queue, log, lease, toLog } = await open();
  for (const n of [1, 2]) queue.propose(lease(n));
  await turns();
  const stale = { kind: 'conflict' as const, units: [{ job: JOB.id, index: 0 }], jobs: [] };
  store.verdict = ({ units = [] }) => (units.some(({ index }) => index === 0) ? stale : null);
  const before = store.asked.length;
  queue.propose(toLog('x', giveBack(0, 1)));
  queue.propose(toLog('y', giveBack(1, 2)));
  await turns();
  expect(store.asked.length - before).toBe(4);
  expect(log).toContain('refuse x: overloaded');
  expect(log).toContain('speak y');
});

test('[CQ6] a conflict nobody owns up to is refused to all', async () => {
  const { store, queue, log, lease } = await open();
  store.verdict = () => ({ kind: 'conflict', units: [], jobs: [jobId(77)] });
  queue.propose(lease(1, { jobs: [] }));
  queue.propose(lease(2));
  await turns(30);
  expect(log).toContain('refuse 1: overloaded');
  expect(log).toContain('refuse 2: overloaded');
});

test('[CQ7] while the store lags new work waits up to a bound and is then refused; results never are', async () => {
  const { store, queue, log, lease, toLog } = await open({ queuedCommands: 10 });
  store.isOpen = false;
  queue.propose(lease(1));
  await turns();
  queue.propose(toLog('big', { weight: 10 }));
  queue.propose(toLog('new', { weight: 1 }));
  queue.propose(toLog('result', { weight: 500, isSheddable: false }));
  expect(log).toContain('refuse new: overloaded');
  expect(queue.queued).toBe(510);
  store.isOpen = true;
  store.letThrough();
  await turns();
  expect(log).toContain('speak big');
  expect(log).toContain('speak result');
});

test('[CQ7] a proposal larger than the bound is taken when nothing waits', async () => {
  const { queue, log, toLog } = await open({ queuedCommands: 10 });
  queue.propose(toLog('huge', { weight: 99 }));
  await turns();
  expect(log).toContain('speak huge');
});

test('[CQ7] when the store fails nothing is acknowledged, and nothing more is taken', async () => {
  const { store, queue, log, broken, lease, toLog } = await open();
  store.isOpen = false;
  store.verdict = () => new Error('disk gone');
  queue.propose(lease(1));
  await turns();
  queue.propose(lease(2));
  const exclusive = queue.exclusively(async () => {});
  store.letThrough();
  await expect(exclusive).rejects.toThrow('disk gone');
  queue.propose(toLog('late', { isSheddable: false }));
  await expect(queue.exclusively(async () => {})).rejects.toThrow('broken');
  expect(log).toEqual(['decide 1', 'refuse 1: broken', 'refuse 2: broken', 'refuse late: broken']);
  expect(broken).toMatchObject([{ message: 'disk gone' }]);
  expect(await ask(queue, { units: [], jobs: [], weight: 1, isSheddable: false, decide: () => 1 })).toEqual({
    kind: 'refused',
    reason: 'broken',
  });
});

test('[CQ8] closing refuses what comes from then on and waits for what was there', async () => {
  const { store, queue, log, lease } = await open();
  store.isOpen = false;
  queue.propose(lease(1));
  await turns();
  queue.propose(lease(2));
  let isClosed = false;
  const closing = queue.close().then(() => {
    isClosed = true;
  });
  queue.propose(lease(3, { isSheddable: false }));
  await turns();
  expect(isClosed).toBe(false);
  expect(log).toContain('refuse 3: draining');
  store.isOpen = true;
  store.letThrough();
  await closing;
  expect(log.filter((line) => line.startsWith('speak'))).toEqual(['speak 1', 'speak 2']);
});

test('[CQ9] exclusive work runs alone between two batches', async () => {
  const { store, queue, log, lease } = await open();
  store.isOpen = false;
  queue.propose(lease(1));
  await turns();
  const exclusive = queue.exclusively(async () => {
    log.push('exclusive begins');
    await turns(3);
    log.push('exclusive ends');
  });
  queue.propose(lease(2));
  store.isOpen = true;
  store.letThrough();
  await exclusive;
  await turns();
  expect(log).toEqual(['decide 1', 'speak 1', 'effects of 0', 'exclusive begins', 'exclusive ends', 'decide 2', 'speak 2', 'effects of 1']);
});
