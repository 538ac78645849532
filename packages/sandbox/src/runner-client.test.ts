import { expect, test } from 'vitest';
import { SILENT } from './logger.ts';
import { RunnerClient } from './runner-client.ts';
import { FakeChild } from './testing/fake-child.ts';
import { executionOf } from './testing/tasks.ts';

const turn = (): Promise<void> => new Promise(setImmediate);

async function openClient(threads: number) {
  const children: FakeChild[] = [];
  const opening = RunnerClient.open({
    limits: { memoryMB: 64, timeoutMs: 1_000, outputBytes: 1_000 },
    threads,
    logger: SILENT,
    start: (onReport) => {
      const child = new FakeChild(onReport);
      children.push(child);
      setTimeout(() => child.say({ type: 'ready' }));
      return child;
    },
  });
  const client = await opening;
  /** The child that lives, once it has been asked for. */
  const last = (): FakeChild => children.at(-1) as FakeChild;
  const reborn = async (before: FakeChild): Promise<FakeChild> => {
    while (last() === before || last().batches.length === 0) await turn();
    return last();
  };
  return { client, children, last, reborn };
}

test('[SB22] executions that come together are sent together once they are known to be short', async () => {
  const { client, last } = await openClient(2);
  await using _ = client;
  const first = client.run(executionOf(1));
  await turn();
  last().finish(0);
  await first;
  const outcomes = Promise.all(Array.from({ length: 20 }, () => client.run(executionOf(1))));
  await turn();
  const batches = last().batches.slice(1);
  expect(batches.map(({ length }) => length)).toEqual([10, 5]);
  while (last().batches.slice(1).flat().length < 20) {
    for (const key of last().batches.slice(1).flat()) last().finish(key);
  }
  for (const key of last().batches.slice(1).flat()) last().finish(key);
  expect((await outcomes).every(({ status }) => status === 'ok')).toBe(true);
});

test('[SB14] of a batch only the execution under way is suspect; all end well in the next child', async () => {
  const { client, last, reborn } = await openClient(1);
  await using _ = client;
  const warm = client.run(executionOf(1));
  await turn();
  last().finish(0);
  await warm;
  const outcomes = Promise.all([client.run(executionOf('a')), client.run(executionOf('b')), client.run(executionOf('c'))]);
  await turn();
  const dead = last();
  expect(dead.batches[1]).toHaveLength(3);
  dead.finish((dead.batches[1] as number[])[0] as number, '"a"');
  dead.die();
  const child = await reborn(dead);
  expect(child.batches).toEqual([[expect.any(Number)]]);
  child.finish((child.batches[0] as number[])[0] as number, '"b"');
  await turn();
  child.finish((child.batches[1] as number[])[0] as number, '"c"');
  expect((await outcomes).map((outcome) => (outcome.status === 'ok' ? outcome.output : outcome.status))).toEqual(['"a"', '"b"', '"c"']);
});

test('[SB14] a second death makes it an error; a third child serves the others', async () => {
  const { client, last, reborn } = await openClient(1);
  await using _ = client;
  const outcome = client.run(executionOf('killer'));
  await turn();
  const first = last();
  first.die();
  const second = await reborn(first);
  second.die({ reason: 'SIGSEGV' });
  expect(await outcome).toEqual({
    status: 'error',
    kind: 'crash',
    message: expect.stringContaining('SIGSEGV'),
    elapsedMs: expect.any(Number),
  });
  const honest = client.run(executionOf('honest'));
  const third = await reborn(second);
  third.finish((third.batches[0] as number[])[0] as number);
  expect(await honest).toMatchObject({ status: 'ok' });
});

test('[SB13] when memory runs out with several under way, each runs again, alone, from its checkpoint', async () => {
  const { client, last, reborn } = await openClient(2);
  await using _ = client;
  const [one, two] = [client.run(executionOf('one')), client.run(executionOf('two'))];
  await turn();
  const dead = last();
  dead.say({ type: 'checkpoint', key: 0 }, '"half"');
  dead.say({ type: 'dying', cause: 'memory', key: null });
  dead.die();
  const child = await reborn(dead);
  expect(child.batches).toEqual([[2]]);
  expect(child.heard.at(-1)).toMatchObject({ executions: [{ hasResume: true }] });
  child.finish(2);
  await turn();
  expect(child.batches).toEqual([[2], [3]]);
  child.say({ type: 'dying', cause: 'memory', key: 3 });
  child.die();
  expect(await one).toMatchObject({ status: 'ok' });
  expect(await two).toMatchObject({ status: 'error', kind: 'memory' });
});

test('[SB25] a worn child is replaced between executions, not under them', async () => {
  const { client, last, reborn } = await openClient(2);
  await using _ = client;
  const [one, two] = [client.run(executionOf(1)), client.run(executionOf(2))];
  await turn();
  const worn = last();
  worn.finish(0, '1', true);
  await one;
  const three = client.run(executionOf(3));
  await turn();
  expect([worn.alive, worn.batches]).toEqual([true, [[0], [1]]]);
  worn.finish(1, '2', true);
  await two;
  const fresh = await reborn(worn);
  expect(worn.alive).toBe(false);
  fresh.finish(2, '3');
  expect(await three).toMatchObject({ status: 'ok', output: '3' });
});

test('[SB25] ten thousand executions wear a child out', async () => {
  const { client, children, last } = await openClient(1);
  await using _ = client;
  for (let key = 0; key < 10_001; key++) {
    const outcome = client.run(executionOf(1));
    while (last().batches.at(-1)?.[0] !== key) await turn();
    last().finish(key);
    await outcome;
  }
  expect(children).toHaveLength(2);
}, 120_000);

test('[SB16] an aborted execution is forgotten: where it waits, where it runs, and where its child dies', async () => {
  const { client, last, reborn } = await openClient(1);
  await using _ = client;
  const abort = new AbortController();
  const [underWay, waiting] = [client.run(executionOf(1), {}, abort.signal), client.run(executionOf(2), {}, abort.signal)];
  const other = client.run(executionOf(3));
  await turn();
  abort.abort();
  expect(await Promise.all([underWay, waiting])).toEqual([{ status: 'aborted' }, { status: 'aborted' }]);
  const dead = last();
  expect(dead.heard.at(-1)).toEqual({ type: 'abort', key: 0 });
  dead.die();
  const child = await reborn(dead);
  expect(child.batches).toEqual([[1]]);
  child.finish(1, '3');
  expect(await other).toMatchObject({ output: '3' });
});

test('[SB19] reports about unknown executions are nobody’s', async () => {
  const { client, last } = await openClient(1);
  await using _ = client;
  const outcome = client.run(executionOf(1));
  await turn();
  last().finish(99, '"forged"');
  last().finish(0, '"true"');
  expect(await outcome).toMatchObject({ output: '"true"' });
});

test('[SB15] nothing is sent while paused', async () => {
  const { client, last } = await openClient(1);
  await using _ = client;
  client.pause();
  expect(last().frozen).toBe(true);
  const outcome = client.run(executionOf(1));
  await turn();
  expect(last().batches).toEqual([]);
  client.resume();
  expect([last().frozen, last().batches]).toEqual([false, [[0]]]);
  last().finish(0);
  await outcome;
});

test.for(['memory', 'timeout'] as const)(
  '[SB13] after an execution that ended for %s the rest of its batch goes to a fresh child, without blame',
  async (kind) => {
    const { client, last, reborn } = await openClient(1);
    await using _ = client;
    const warm = client.run(executionOf(1));
    await turn();
    last().finish(0);
    await warm;
    const [bomb, honest] = [client.run(executionOf('bomb')), client.run(executionOf('honest'))];
    await turn();
    const swollen = last();
    const [key] = swollen.batches[1] as [number];
    swollen.say({ type: 'done', key, worn: false, outcome: { status: 'error', kind, message: 'too much', elapsedMs: 1 } });
    expect(await bomb).toMatchObject({ status: 'error', kind });
    expect(swollen.heard.at(-1)).toEqual({ type: 'abort', key: key + 1 });
    const child = await reborn(swollen);
    child.finish((child.batches[0] as number[])[0] as number, '"honest"');
    expect(await honest).toMatchObject({ status: 'ok', output: '"honest"' });
  },
);
