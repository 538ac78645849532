import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HttpBench } from '../../test/http-bench.ts';
import { capConnections } from './connection-cap.ts';

/** Resolves with whether it was cut off when the server has seen it. */
async function isCutOff(bench: HttpBench, sockets: Socket[]): Promise<boolean> {
  const socket = connect(Number(new URL(bench.url).port), '127.0.0.1');
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve(true));
    socket.once('data', () => resolve(false));
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}

test.each([
  ['a stranger', { limitLoopback: true }, [false, false, true]],
  ['this machine', {}, [false, false, false]],
])('[HT27] of three connections of %s, where two are allowed, these are cut off', async (_who, limits, cut) => {
  await using bench = await new HttpBench().open({ connectionsPerAddress: 2, ...limits });
  const sockets: Socket[] = [];
  const answers = [await isCutOff(bench, sockets), await isCutOff(bench, sockets), await isCutOff(bench, sockets)];
  expect(answers).toEqual(cut);
  for (const socket of sockets) socket.destroy();
});

test('[HT27] a place is free again when its connection has ended', async () => {
  await using bench = await new HttpBench().open({ connectionsPerAddress: 1, limitLoopback: true });
  for (let i = 0; i < 3; i++) {
    const sockets: Socket[] = [];
    const gone = new Promise<void>((resolve) =>
      bench.app.server.once('connection', (socket: Socket) => socket.once('close', () => resolve())),
    );
    expect(await isCutOff(bench, sockets)).toBe(false);
    for (const socket of sockets) socket.destroy();
    await gone;
  }
});

test('[HT27] a trusted proxy brings as many as it likes', async () => {
  await using bench = await new HttpBench().open();
  capConnections(bench.app.server, { connectionsPerAddress: 1, limitLoopback: true, trustsProxy: (address) => address === '127.0.0.1' });
  const sockets: Socket[] = [];
  expect([await isCutOff(bench, sockets), await isCutOff(bench, sockets)]).toEqual([false, false]);
  for (const socket of sockets) socket.destroy();
});

test('[HT28] under strain pages wait, and what workers and authors need does not', async () => {
  await using bench = await new HttpBench().open({ limitLoopback: true });
  const job = await bench.job({ inputs: { kind: 'index', count: 3 } });
  bench.strain = 3;
  const busy = ['/', `/jobs/${job.id}`, '/v1/leaderboard'];
  for (const path of busy) {
    const answer = await bench.ask('GET', path);
    expect([path, answer.code, answer.headers.get('retry-after')]).toEqual([path, 'overloaded', '5']);
  }
  const needed = ['/livez', '/readyz', '/v1/project', '/v1/stats', `/v1/jobs/${job.id}`, `/v1/jobs/${job.id}/results`];
  for (const path of needed) expect([path, (await bench.ask('GET', path)).status]).toEqual([path, 200]);
  bench.strain = 0;
  expect((await bench.ask('GET', '/')).status).toBe(200);
});

test('[HT28] under strain the figures are those of before, for half a minute', async () => {
  await using bench = await new HttpBench().open();
  const asOf = async () => (await bench.ask('GET', '/v1/stats')).json<{ asOf: number }>().asOf;
  const first = await asOf();
  bench.strain = 1;
  bench.clock.advance(29_999);
  expect(await asOf()).toBe(first);
  bench.clock.advance(1);
  expect(await asOf()).toBe(first + 30_000);
});

test('[HT28] this machine sees pages all the same', async () => {
  await using bench = await new HttpBench().open();
  bench.strain = 3;
  expect((await bench.ask('GET', '/')).status).toBe(200);
});
