import { connect } from 'node:net';
import { createKeyPair, signText } from '@manyhands/identity';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openGatewayBench } from '../../test/gateway-bench.ts';

const NO_WORK = { type: 'no-work', retryAfterMs: 0, reason: 'no-jobs' } as const;
const LEASE = `lease_${'a'.repeat(22)}`;
const JOB = `job_${'a'.repeat(22)}`;

test('[GW1] the challenge comes first, with a nonce of its own for every connection', async () => {
  await using bench = await openGatewayBench();
  const [one, other] = [await bench.worker().take('challenge'), await bench.worker().take('challenge')];
  expect(one.nonce).not.toBe(other.nonce);
  expect(one.protocol).toEqual({ oldest: 1, newest: 1 });
  expect(bench.coordinator.sessions).toEqual([]);
});

test('[GW4] a proven host is welcomed once; its frames reach the session in order', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  const welcome = await worker.enter();
  expect(welcome).toMatchObject({ protocol: 1, heartbeatMs: 30_000, quota: 8 });
  for (let replicas = 0; replicas < 50; replicas++) worker.send({ type: 'request-work', replicas });
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.received).toHaveLength(51));
  const [session] = bench.coordinator.sessions;
  expect(session?.identity).toMatchObject({ host: welcome.host, account: welcome.account, cores: 2 });
  expect(session?.received.map((frame) => (frame.type === 'request-work' ? frame.replicas : frame.type))).toEqual([
    'reconcile',
    ...Array.from({ length: 50 }, (_, i) => i),
  ]);
});

test('[GW4] what the session sends reaches its host and no other', async () => {
  await using bench = await openGatewayBench();
  bench.coordinator.onFrame = async (session) => session.link.send(NO_WORK);
  const [one, other] = [bench.worker(), bench.worker()];
  await one.enter();
  await other.greet();
  await one.take('no-work');
  expect(other.frames).toEqual([]);
});

test('[GW2] a hello signed by another key is closed with 4002, before the engine hears of it', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  const { nonce } = await worker.take('challenge');
  worker.send(worker.helloTo(nonce, { signature: signText('hello', nonce, createKeyPair()) }));
  expect(await worker.closed).toEqual({ code: 4002, reason: 'hello is not signed by its host key over this nonce' });
  expect(bench.coordinator.sessions).toEqual([]);
});

test('[GW2] a hello heard elsewhere is worth nothing here', async () => {
  await using bench = await openGatewayBench();
  const [honest, thief] = [bench.worker(), bench.worker()];
  const overheard = honest.helloTo((await honest.take('challenge')).nonce);
  await thief.take('challenge');
  thief.send(overheard);
  expect((await thief.closed).code).toBe(4002);
});

test('[GW2] no common version is closed with 4001', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  const { nonce } = await worker.take('challenge');
  worker.send(worker.helloTo(nonce, { protocol: { oldest: 7, newest: 9 } }));
  const { code, reason } = await worker.closed;
  expect([code, reason]).toEqual([4001, expect.stringContaining('you speak protocol 7-9')]);
});

test('[GW3] silence is closed with 4000 after 10 seconds, and not before', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.take('challenge');
  bench.clock.advance(10_000);
  expect(bench.gateway.connections).toBe(1);
  bench.clock.advance(250);
  expect(await worker.closed).toEqual({ code: 4000, reason: 'no valid hello within 10 s' });
});

const deep = `{"type":"renew","leases":${'['.repeat(40)}${']'.repeat(40)}}`;
const badFrames: [string, string | Buffer, number, RegExp][] = [
  ['no JSON', '{"type":', 1008, /not JSON/],
  ['empty', '', 1008, /not JSON/],
  ['an unknown type', '{"type":"shout"}', 1008, /does not fit the protocol/],
  ['an extra key', '{"type":"request-work","replicas":1,"please":true}', 1008, /please/],
  ['an ill-typed value', '{"type":"request-work","replicas":"many"}', 1008, /replicas/],
  ['a number out of range', '{"type":"request-work","replicas":-1}', 1008, /replicas/],
  ['a malformed lease', '{"type":"renew","leases":[{"lease":"x","job":"y","index":0}]}', 1008, /leases/],
  ['a name that reaches a prototype', '{"type":"request-work","replicas":1,"__proto__":{"polluted":1}}', 1008, /__proto__/],
  ['nested too deep', deep, 1008, /nested/],
  ['an array', '[]', 1008, /does not fit/],
  ['a key that is 200 characters of three bytes', JSON.stringify({ type: 'request-work', replicas: 1, ['€'.repeat(200)]: 1 }), 1008, /./],
  ['binary', Buffer.from('{"type":"request-work","replicas":1}'), 1008, /binary/],
  ['a second hello', 'HELLO', 1008, /a second hello/],
  ['a second last reconcile', '{"type":"reconcile","leases":[],"more":false}', 1008, /reconcile after the last/],
  ['one byte over the limit', ' '.repeat(256 * 1024 + 1), 1009, /^/],
];

test.each(badFrames)('[GW7] %s closes its connection and disturbs nobody', async (_what, frame, code, reason) => {
  await using bench = await openGatewayBench();
  bench.coordinator.onFrame = async (session, message) => {
    if (message.type === 'request-work') session.link.send(NO_WORK);
  };
  const [bad, good] = [bench.worker(), bench.worker()];
  await Promise.all([bad.enter(), good.enter()]);
  bad.send(frame === 'HELLO' ? bad.helloTo('a'.repeat(43)) : frame);
  const closing = await bad.closed;
  expect(closing.code).toBe(code);
  expect(closing.reason).toMatch(reason);
  good.send({ type: 'request-work', replicas: 1 });
  await good.take('no-work');
  expect(bench.failures).toEqual([]);
});

test('[GW7] a frame of exactly the limit is taken', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.enter();
  const text = '{"type":"request-work","replicas":1}';
  worker.send(text.padEnd(256 * 1024));
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.received).toHaveLength(2));
});

test.each<[string, unknown]>([
  ['request-work', { type: 'request-work', replicas: 1 }],
  ['submit', { type: 'submit', results: [{ lease: LEASE, job: JOB, index: 0, status: 'ok', output: '1', elapsedMs: 1 }] }],
  ['reconcile', { type: 'reconcile', leases: [], more: false }],
])('[GW5] %s before hello is closed with 1008 and has no effect', async (type, frame) => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.take('challenge');
  worker.send(frame);
  expect(await worker.closed).toEqual({ code: 1008, reason: `out of order: ${type} before hello` });
  expect(bench.coordinator.sessions).toEqual([]);
});

test('[GW5] work before the last reconcile is closed with 1008; a reconcile in parts is in order', async () => {
  await using bench = await openGatewayBench();
  const [hasty, thorough] = [bench.worker(), bench.worker()];
  await hasty.greet();
  hasty.send({ type: 'request-work', replicas: 1 });
  expect((await hasty.closed).reason).toBe('out of order: request-work before the last reconcile');
  await thorough.greet();
  thorough.send({ type: 'reconcile', leases: [], more: true });
  thorough.send({ type: 'reconcile', leases: [], more: false });
  thorough.send({ type: 'request-work', replicas: 1 });
  await vi.waitFor(() => expect(bench.coordinator.sessions[1]?.received).toHaveLength(3));
});

test('[GW5] a frame sent while the session is being opened is closed with 1008, and the session is closed again', async () => {
  await using bench = await openGatewayBench();
  const [begun, opening] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  bench.coordinator.onOpen = () => {
    begun.resolve();
    return opening.promise;
  };
  const worker = bench.worker();
  const { nonce } = await worker.take('challenge');
  worker.send(worker.helloTo(nonce));
  await begun.promise;
  worker.send({ type: 'request-work', replicas: 1 });
  expect((await worker.closed).reason).toBe('out of order: request-work before welcome');
  opening.resolve();
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.closed).toBe(true));
});

test('[GW6] upgrades that are not a worker’s are refused in HTTP, with words', async () => {
  await using bench = await openGatewayBench({ perAddress: 1 });
  const answerTo = (path: string, headers: Record<string, string> = {}): Promise<[number, string]> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${bench.url.replace('http', 'ws')}${path}`, { headers });
      socket.on('error', () => {});
      socket.on('unexpected-response', (_request, response) => {
        response.setEncoding('utf8').on('data', (text: string) => resolve([response.statusCode ?? 0, text]));
      });
    });
  expect(await answerTo('/elsewhere')).toEqual([404, 'workers connect to /v1/worker']);
  expect(await answerTo('//')).toEqual([404, 'workers connect to /v1/worker']);
  expect(await answerTo('/v1/worker', { origin: 'https://evil.example' })).toEqual([403, 'web pages may not connect as workers']);
  await bench.worker().take('challenge');
  expect(await answerTo('/v1/worker')).toEqual([429, '1 connections are open from your address']);
});

test('[GW6] whoever was refused is gone, though it would rather stay', async () => {
  await using bench = await openGatewayBench();
  const { hostname, port } = new URL(bench.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await new Promise((resolve) => socket.resume().once('end', resolve));
  // What is sent to a socket that is no more is answered with a reset.
  const writing = setInterval(() => socket.write('still here'), 5);
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
  clearInterval(writing);
  expect(error.code).toMatch(/ECONNRESET|EPIPE/);
});

test('[GW6] places are free again when a connection ends, however it ends', async () => {
  await using bench = await openGatewayBench({ perAddress: 1, unproven: 1, connects: { perSecond: 1000, burst: 1000 } });
  const first = bench.worker();
  await first.take('challenge');
  first.socket.terminate();
  await vi.waitFor(() => expect(bench.events).toContainEqual(expect.stringMatching(/^disconnected null/)));
  const raw = connect(Number(new URL(bench.url).port), '127.0.0.1');
  raw.end('GET /v1/worker HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await new Promise((resolve) => raw.on('close', resolve).resume());
  const second = bench.worker();
  await second.take('challenge');
});

test('[GW9] an engine that fails on a frame closes that connection with 1013 and is reported', async () => {
  await using bench = await openGatewayBench();
  bench.coordinator.onFrame = async (_session, { type }) => {
    if (type === 'request-work') throw new Error('out of paper');
  };
  const worker = bench.worker();
  await worker.enter();
  worker.send({ type: 'request-work', replicas: 1 });
  expect((await worker.closed).code).toBe(1013);
  expect(bench.failures).toEqual([new Error('out of paper')]);
});

test('[GW9] an engine that fails to open a session closes the connection with 1013 and is reported', async () => {
  await using bench = await openGatewayBench();
  bench.coordinator.onOpen = () => Promise.reject(new Error('no table free'));
  const worker = bench.worker();
  worker.send(worker.helloTo((await worker.take('challenge')).nonce));
  expect((await worker.closed).code).toBe(1013);
  expect(bench.failures).toEqual([new Error('no table free')]);
});

test('[GW11] frames beyond those under way wait their turn and are all handled', async () => {
  await using bench = await openGatewayBench({ framesInFlight: 2, frames: { perSecond: 1e6, burst: 1e6 } });
  const gate = Promise.withResolvers<void>();
  bench.coordinator.onFrame = (_session, { type }) => (type === 'request-work' ? gate.promise : Promise.resolve());
  const worker = bench.worker();
  await worker.enter();
  for (let i = 0; i < 20; i++) worker.send({ type: 'request-work', replicas: i });
  const received = () => bench.coordinator.sessions[0]?.received.length ?? 0;
  await vi.waitFor(() => expect(received()).toBe(3));
  // A round trip later there are still two under way.
  worker.socket.ping();
  await bench.worker().take('challenge');
  expect(received()).toBe(3);
  gate.resolve();
  await vi.waitFor(() => expect(received()).toBe(21));
});

test('[GW10] a host above its rate is read more slowly and loses nothing', async () => {
  await using bench = await openGatewayBench({ frames: { perSecond: 10, burst: 5 } });
  const worker = bench.worker();
  await worker.enter();
  for (let i = 0; i < 10; i++) worker.send({ type: 'request-work', replicas: i });
  const received = () => bench.coordinator.sessions[0]?.received.length ?? 0;
  await vi.waitFor(() => expect(received()).toBe(4));
  for (let i = 0; i < 8; i++) bench.clock.advance(250);
  await vi.waitFor(() => {
    bench.clock.advance(250);
    expect(received()).toBe(11);
  });
});

test('[GW10] this machine’s own workers are not slowed down', async () => {
  await using bench = await openGatewayBench({ frames: { perSecond: 1, burst: 1 }, limitLoopback: false });
  const worker = bench.worker();
  await worker.enter();
  for (let i = 0; i < 20; i++) worker.send({ type: 'request-work', replicas: i });
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.received).toHaveLength(21));
});

test('[GW12] a host that does not read is cut off, and not before its time', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.enter();
  await vi.waitFor(() => expect(bench.coordinator.sessions).toHaveLength(1));
  worker.socket.pause();
  const link = bench.coordinator.sessions[0]?.link;
  const drop = Array.from({ length: 1000 }, () => LEASE);
  while ((link?.bufferedBytes ?? 0) <= 4 * 2 ** 20) link?.send({ type: 'reconciled', drop } as never);
  bench.clock.advance(30_000);
  expect(bench.coordinator.sessions[0]?.closed).toBe(false);
  bench.clock.advance(500);
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.closed).toBe(true));
  expect(bench.events.at(-1)).toMatch(/^disconnected host_\S+ 1013/);
});

test('[GW14] a connection that answers no ping is closed with 4005; one that does stays', async () => {
  await using bench = await openGatewayBench();
  bench.coordinator.onFrame = async (session, { type }) => {
    if (type === 'renew') session.link.send({ type: 'renewed', leases: [], ended: [] });
  };
  const [mute, alive] = [bench.worker({ autoPong: false }), bench.worker()];
  await Promise.all([mute.enter(), alive.enter()]);
  const hear = async () => {
    const pinged = new Promise((resolve) => alive.socket.once('ping', resolve));
    bench.clock.advance(30_250);
    await pinged;
    // Sent behind the pong: when it is answered, the pong has been heard.
    alive.send({ type: 'renew', leases: [] });
    await alive.take('renewed');
  };
  await hear();
  await hear();
  expect(bench.gateway.connections).toBe(2);
  await hear();
  expect((await mute.closed).code).toBe(4005);
  await vi.waitFor(() => expect(bench.gateway.connections).toBe(1));
});

test('[GW15] a connection that ends closes its session once and is counted no more', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  const { host } = await worker.enter();
  worker.socket.close(1000, 'good night');
  await worker.closed;
  await vi.waitFor(() => expect(bench.gateway.connections).toBe(0));
  expect(bench.coordinator.sessions[0]?.closed).toBe(true);
  expect(bench.events).toEqual([`connected ${host}`, `disconnected ${host} 1000 good night`]);
});

test('[GW15] a link that outlives its connection does nothing', async () => {
  await using bench = await openGatewayBench();
  const worker = bench.worker();
  await worker.enter();
  worker.socket.terminate();
  await vi.waitFor(() => expect(bench.coordinator.sessions[0]?.closed).toBe(true));
  const link = bench.coordinator.sessions[0]?.link;
  link?.send(NO_WORK);
  link?.close(1008, 'too late');
  expect(bench.failures).toEqual([]);
});

test('[GW16] stopping closes everybody with 1012 and lets nobody in', async () => {
  await using bench = await openGatewayBench();
  const workers = [bench.worker(), bench.worker()];
  await workers[0]?.enter();
  await workers[1]?.take('challenge');
  await bench.gateway[Symbol.asyncDispose]();
  for (const worker of workers) expect((await worker.closed).code).toBe(1012);
  await expect(bench.worker().take('challenge')).rejects.toThrow('closed with 1006');
});
