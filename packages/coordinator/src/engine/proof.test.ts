import { digestOf, quorumOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { World } from '../../test/engine-world.ts';
import type { JudgeAnswer } from '../ports/judge.ts';

const proof = { kind: 'proof' } as const;

test('[EN23] a result that passes its check is final, and the judge was asked about exactly it', async () => {
  const world = await World.open({ verify: proof });
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(1);
  expect(await host.submit(held, '"yes"')).toEqual(['recorded']);
  expect(world.unit(job, 0)?.state).toMatchObject({ kind: 'final', digest: digestOf('"yes"') });
  expect(world.judge.asked).toMatchObject([
    { seed: `${job}/0`, input: '0', output: '"yes"', digest: digestOf('"yes"'), frozenAt: world.jobRow(job).createdAt },
  ]);
  expect(world.violations()).toEqual([]);
});

test('[EN23] a result that fails its check is invalid, and another host is asked', async () => {
  const world = await World.open({ verify: proof });
  const job = await world.job({ inputs: { kind: 'index', count: 1 } });
  world.judge.answer = ({ output }) => ({ kind: output === 'right' ? 'valid' : 'invalid' });
  const [liar, honest] = [await world.host(1), await world.host(2)];
  const lie = await liar.get(1);
  await honest.ask(1);
  honest.link.take('no-work');
  await liar.submit(lie, 'wrong');
  const again = honest.leases();
  expect(again).toHaveLength(1);
  await honest.submit(again, 'right');
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 1, results: 2 } });
  expect([...world.store.tables.postings.values()].map(({ no }) => no)).toEqual([1]);
  expect(await liar.get(1)).toEqual([]);
});

test('[EN24] a check that breaks is tried again, and its unit fails in the end', async () => {
  const world = await World.open({ verify: proof });
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(2);
  const broken: JudgeAnswer = { kind: 'broken', message: 'check is not a function' };
  let left = 2;
  world.judge.answer = ({ seed }) => (seed === `${job}/0` && left-- > 0 ? broken : seed === `${job}/1` ? broken : { kind: 'valid' });
  await host.submit(held);
  expect(world.unit(job, 0)?.state.kind).toBe('final');
  expect(world.unit(job, 1)?.state).toMatchObject({
    kind: 'failed',
    reason: 'thrown',
    message: expect.stringContaining('check is not a function'),
  });
  expect(world.judge.asked.filter(({ seed }) => seed === `${job}/1`)).toHaveLength(3);
  expect(world.unit(job, 1)?.replicas).toMatchObject([{ kind: 'returned' }]);
});

test('[EN23] only so many checks are under way at once', async () => {
  const world = await World.open({ verify: proof, limits: { checksAtOnce: 2 } });
  const job = await world.job();
  const host = await world.host(1);
  const held = await host.get(5);
  const gates: ((answer: JudgeAnswer) => void)[] = [];
  world.judge.answer = () => new Promise((resolve) => gates.push(resolve));
  await host.submit(held);
  expect(gates).toHaveLength(2);
  expect(world.jobRow(job).counts).toMatchObject({ verifying: 5, final: 0 });
  while (gates.length > 0) {
    gates.shift()?.({ kind: 'valid' });
    await world.quiet();
  }
  expect(world.jobRow(job).counts.final).toBe(5);
});

test('[EN25] a start asks again for the checks that were pending', async () => {
  const before = await World.open({ verify: proof, limits: { pageUnits: 2 } });
  const job = await before.job();
  const host = await before.host(1);
  const held = await host.get(5);
  before.judge.answer = () => new Promise(() => {});
  await host.submit(held.slice(0, 4));
  expect(before.jobRow(job).counts).toMatchObject({ verifying: 4, running: 1 });
  const world = await World.reopen(before);
  await world.quiet();
  expect(world.judge.asked).toHaveLength(4);
  expect(world.jobRow(job).counts).toMatchObject({ final: 4, running: 1 });
  expect(world.violations()).toEqual([]);
});

test('[EN23] three hosts, quorum 2: a disagreement asks the third', async () => {
  const world = await World.open({ verify: quorumOf(2) });
  const job = await world.job({ inputs: { kind: 'index', count: 1 } });
  const [a, b, c] = [await world.host(1), await world.host(2), await world.host(3)];
  const [first, second] = [await a.get(1), await b.get(1)];
  await c.ask(1);
  c.link.take('no-work');
  await a.submit(first, 'right');
  await b.submit(second, 'wrong');
  const third = c.leases();
  expect(third).toHaveLength(1);
  await c.submit(third, 'right');
  expect(world.jobRow(job)).toMatchObject({ state: 'done', counts: { final: 1, results: 3 } });
  expect([...world.store.tables.postings.values()].map(({ no }) => no)).toEqual([0, 2]);
  expect(world.violations()).toEqual([]);
});
