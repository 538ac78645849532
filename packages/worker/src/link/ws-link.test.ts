import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeyPair, createSecret, hostIdOf, verifyText } from '@manyhands/identity';
import { LIMITS } from '@manyhands/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { assignFrame } from '../../test/builders.ts';
import { FakeClock } from '../../test/fake-clock.ts';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import type { SessionMessage } from '../domain/agent-event.ts';
import type { CoordinatorLink, LinkLoss, Welcomed } from '../ports/coordinator-link.ts';
import { createWsLink } from './ws-link.ts';

const hostKey = createKeyPair();
const accountSecret = createSecret();
let coordinator: FakeCoordinator;
let clock: FakeClock;
let welcomed: Welcomed[];
let messages: SessionMessage[];
let losses: LinkLoss[];

beforeEach(async () => {
  coordinator = await FakeCoordinator.open();
  clock = new FakeClock();
  [welcomed, messages, losses] = [[], [], []];
});
afterEach(() => coordinator[Symbol.asyncDispose]());

function connect(url = coordinator.url, projectKey = coordinator.project.key.publicKey): CoordinatorLink {
  const link = createWsLink({
    url: new URL('v1/worker', url.replace(/^http/, 'ws')),
    clock,
    parseRetryAfter: (header) => (header === undefined ? null : Number(header) * 1_000),
    card: {
      hostKey,
      accountSecret,
      displayName: 'ada',
      team: 'Night shift',
      software: 'test',
      engine: 'v8',
      cores: 2,
      gflops: 2.5,
      projectKey,
    },
  });
  link.connect({
    onWelcome: (welcome) => welcomed.push(welcome),
    onMessage: (message) => messages.push(message),
    onLost: (loss) => losses.push(loss),
  });
  return link;
}

const untilWelcomed = () => vi.waitFor(() => expect(welcomed).toHaveLength(1));
const untilLost = async (): Promise<LinkLoss> => {
  await vi.waitFor(() => expect(losses).toHaveLength(1));
  return losses[0] as LinkLoss;
};

test('[WK17] challenge, hello with the host key’s signature, welcome, then messages both ways', async () => {
  const link = connect();
  await untilWelcomed();
  const [hello] = coordinator.said('hello');
  expect(hello).toMatchObject({
    hostKey: hostKey.publicKey,
    accountSecret,
    displayName: 'ada',
    team: 'Night shift',
    cores: 2,
    gflops: 2.5,
  });
  expect(verifyText('hello', coordinator.session.nonce, hello?.signature ?? '', hostKey.publicKey)).toBe(true);
  expect(welcomed[0]).toMatchObject({ host: hostIdOf(hostKey.publicKey), heartbeatMs: 20_000, quota: 100 });
  link.send({ type: 'renew', leases: [] });
  coordinator.session.say(assignFrame([1, 2]));
  await vi.waitFor(() => expect(messages.map(({ type }) => type)).toEqual(['assign']));
  await vi.waitFor(() => expect(coordinator.said('renew')).toHaveLength(1));
  link.disconnect('the test is over');
  expect((await untilLost()).fatal).toBe(false);
  link.send({ type: 'renew', leases: [] });
  expect(clock.timers).toBe(0);
});

test('[WK2] a coordinator with another project key hears nothing, and the loss is final', async () => {
  connect(coordinator.url, createKeyPair().publicKey);
  const loss = await untilLost();
  expect(loss).toMatchObject({ fatal: true, reason: expect.stringContaining('may be an impostor') });
  expect(coordinator.heard).toEqual([]);
});

test.each<[string, (nonce: string) => string | Buffer]>([
  ['no JSON', () => '{"type":'],
  ['no message of the protocol', () => '{"type":"gossip"}'],
  ['an unknown field', () => JSON.stringify({ type: 'no-work', retryAfterMs: 1, reason: 'no-jobs', more: 1 })],
  ['a second challenge', (nonce) => JSON.stringify({ type: 'challenge', nonce, protocol: { oldest: 1, newest: 1 }, projectKey: nonce })],
  [
    'a second welcome',
    () =>
      JSON.stringify({
        type: 'welcome',
        protocol: 1,
        host: `host_${'a'.repeat(22)}`,
        account: `account_${'a'.repeat(22)}`,
        heartbeatMs: 1,
        quota: 1,
      }),
  ],
  ['a binary frame', () => Buffer.from([1, 2, 3])],
])('[WK17] %s closes the connection and has no other effect', async (_, frameOf) => {
  connect();
  await untilWelcomed();
  const closed = new Promise<number>((resolve) => coordinator.session.socket.once('close', resolve));
  coordinator.session.socket.send(frameOf(coordinator.session.nonce));
  coordinator.session.say(assignFrame([1]));
  expect(await closed).toBe(1008);
  expect(await untilLost()).toMatchObject({ fatal: false, reason: expect.stringContaining('broke the protocol') });
  expect(messages).toEqual([]);
});

test('[WK17] a frame above the limit ends the connection', async () => {
  connect();
  await untilWelcomed();
  coordinator.session.socket.send(`"${'x'.repeat(LIMITS.frameBytes)}"`);
  expect(await untilLost()).toMatchObject({ fatal: false });
  expect(messages).toEqual([]);
});

test('[WK17] work before the welcome is out of order', async () => {
  coordinator.on.hello = (session) => session.say(assignFrame([1]));
  connect();
  expect((await untilLost()).reason).toContain('assign before the welcome');
  expect(messages).toEqual([]);
});

test('[WK20] fatal close codes say what happened and what to do, others only what happened', async () => {
  const cases: [number, boolean, string][] = [
    [4001, true, 'Update the worker'],
    [4003, true, 'stop the other worker'],
    [4004, true, 'Ask the operator'],
    [1012, false, 'restarting'],
    [4999, false, 'code 4999'],
  ];
  for (const [code, fatal, words] of cases) {
    losses.length = 0;
    coordinator.on.hello = (session) => session.socket.close(code, 'because');
    connect();
    const loss = await untilLost();
    expect(loss).toMatchObject({ fatal, toldMs: null });
    expect(loss.reason).toContain(words);
    expect(loss.reason).toContain('because');
  }
});

test('[WK19] a close that says how long to stay away is told as such', async () => {
  coordinator.on.hello = (session) => session.socket.close(1012, 'the coordinator is restarting; retry after 12500 ms');
  connect();
  expect(await untilLost()).toMatchObject({ fatal: false, toldMs: 12_500 });
});

test('[WK25] as long as something is heard between two looks nothing is asked', async () => {
  const link = connect();
  await untilWelcomed();
  let pings = 0;
  coordinator.session.socket.on('ping', () => pings++);
  for (let heard = 1; heard <= 4; heard++) {
    clock.advance(30_000);
    coordinator.session.say({ type: 'no-work', retryAfterMs: 1, reason: 'no-jobs' });
    await vi.waitFor(() => expect(messages).toHaveLength(heard));
  }
  const pinged = new Promise((resolve) => coordinator.session.socket.once('ping', resolve));
  clock.advance(30_000);
  expect(pings).toBe(0);
  clock.advance(30_000);
  await pinged;
  link.disconnect('the test is over');
  await untilLost();
});

test('[WK20] without a common protocol version the worker gives up', async () => {
  coordinator.protocol = { oldest: 98, newest: 99 };
  connect();
  expect(await untilLost()).toMatchObject({ fatal: true, reason: expect.stringContaining('98 to 99') });
  expect(coordinator.heard).toEqual([]);
});

test('[WK19] a refused upgrade tells when to come back', async () => {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const status = request.url?.startsWith('/busy') ? '503 Service Unavailable\r\nRetry-After: 9' : '404 Not Found';
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connect(`http://127.0.0.1:${port}/busy/`);
  expect(await untilLost()).toMatchObject({ fatal: false, toldMs: 9_000, reason: expect.stringContaining('too much to do') });
  losses.length = 0;
  connect(`http://127.0.0.1:${port}/`);
  expect(await untilLost()).toMatchObject({
    fatal: false,
    toldMs: null,
    reason: expect.stringContaining('no coordinator at this address'),
  });
  await new Promise((resolve) => server.close(resolve));
});

test('nobody there: a loss in words', async () => {
  const { url } = coordinator;
  await coordinator[Symbol.asyncDispose]();
  connect(url);
  expect((await untilLost()).reason).toContain('ECONNREFUSED');
});

test('[WK25] a connection that falls silent is given up, one that answers is not', async () => {
  connect();
  await untilWelcomed();
  const pinged = new Promise((resolve) => coordinator.session.socket.once('ping', resolve));
  clock.advance(30_000);
  clock.advance(30_000);
  await pinged;
  coordinator.session.say({ type: 'no-work', retryAfterMs: 1, reason: 'no-jobs' });
  await vi.waitFor(() => expect(messages).toHaveLength(1));
  clock.advance(30_000);
  expect(losses).toEqual([]);
  // Paused sockets read nothing, so the pong never comes.
  coordinator.session.socket.pause();
  clock.advance(30_000);
  clock.advance(30_000);
  expect((await untilLost()).reason).toBe('The coordinator fell silent.');
});

test('[WK25] a handshake that stops half-way is given up, and so is a goodbye that is not answered', async () => {
  coordinator.on.hello = () => undefined;
  connect();
  await vi.waitFor(() => expect(coordinator.said('hello')).toHaveLength(1));
  coordinator.session.socket.pause();
  clock.advance(15_000);
  expect(losses).toEqual([]);
  clock.advance(5_000);
  expect((await untilLost()).reason).toContain('did not complete the handshake');
});
