import type { Payload } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import type { UnitCommand } from '../domain/unit-command.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { digest, endedAt, host, job, jobId, judged, result, unit } from '../store/store-rows.contract.ts';
import { Books } from './books.ts';
import type { Proposal } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import { ENGINE_LIMITS } from './engine-limits.ts';
import { JudgeDesk } from './judge-desk.ts';

const SAME = { no: 0, digest: digest(0) };
const OTHER = { no: 2, digest: digest(7) };

/** A final unit that three hosts answered: the first one too late with what the second gave in time, the third in time with something else. */
async function openDesk() {
  const store = new MemoryStore();
  const replicas = [judged(1, 0, 0), judged(2, 0, 1), { ...judged(3, 0, 2), digest: OTHER.digest }];
  await store.commit({
    hosts: [host(1), host(2), host(3)],
    jobs: [job(1, { unitCount: 1 })],
    units: [unit(1, 0, { state: { kind: 'final', digest: digest(0), at: endedAt }, replicas })],
    results: [
      result(1, 0, 1, { no: 0, late: true }),
      result(1, 0, 2, { no: 1, body: { kind: 'ok', digest: SAME.digest, output: 'in time' } }),
      result(1, 0, 3, { no: 2, body: { kind: 'ok', digest: OTHER.digest, output: 'otherwise' } }),
    ],
  });
  const compared: (readonly (readonly [Payload, Payload])[])[] = [];
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const decided = (proposal: Proposal): unknown =>
    proposal.decide({ apply: (command: UnitCommand) => resolve(command) } as unknown as Draft);
  const desk = new JudgeDesk({
    store,
    books: new Books(store, 3),
    queue: { propose: (proposal) => void decided(proposal as Proposal) },
    judge: {
      check: async () => ({ kind: 'valid' }),
      compute: async () => ({ kind: 'computed', digest: digest(9), output: 'the truth' }),
      compare: async ({ pairs }) => {
        compared.push(pairs);
        return { kind: 'compared', agree: pairs.map(() => true) };
      },
    },
    limits: ENGINE_LIMITS,
    onBroken: resolve,
  });
  return { desk, compared, outcome };
}

test('[JU14] an answer that its first giver gave too late is read from whoever gave it in time', async () => {
  const { desk, compared, outcome } = await openDesk();
  desk.add({ kind: 'compare', job: jobId(1), index: 0, pairs: [[SAME, OTHER]] });
  expect(await outcome).toMatchObject({ kind: 'record-comparisons', comparisons: [[SAME.digest, OTHER.digest, true]] });
  expect(compared).toEqual([[['in time', 'otherwise']]]);
});

test('[JU14] the truth is compared with the answers themselves, each once', async () => {
  const { desk, compared, outcome } = await openDesk();
  desk.add({ kind: 'referee', job: jobId(1), index: 0 });
  expect(await outcome).toMatchObject({
    kind: 'record-truth',
    digest: digest(9),
    comparisons: [
      [digest(9), SAME.digest, true],
      [digest(9), OTHER.digest, true],
    ],
  });
  expect(compared).toEqual([
    [
      ['the truth', 'in time'],
      ['the truth', 'otherwise'],
    ],
  ]);
});
