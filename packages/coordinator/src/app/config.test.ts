import { expect, test } from 'vitest';
import { HTTP_LIMITS } from '../http/http-limits.ts';
import { WS_LIMITS } from '../ws/ws-limits.ts';
import { AppError } from './app-error.ts';
import { type CoordinatorSettings, loadConfig } from './config.ts';

test('[SV1] flags come before environment, environment before defaults', () => {
  const env = { MANYHANDS_PORT: '9000', MANYHANDS_NAME: 'From the environment', MANYHANDS_TRUST_PROXY: 'true' };
  const config = loadConfig({ port: '7000', name: undefined }, env);
  expect(config).toMatchObject({
    port: 7000,
    name: 'From the environment',
    trustProxy: ['loopback'],
    host: '127.0.0.1',
    data: 'manyhands-data',
    store: 'sqlite',
  });
});

test('[SV1] a limit that is given leaves the others as they are', () => {
  expect(loadConfig({ http: { streams: 7 } }, {}).http).toEqual({ ...HTTP_LIMITS, streams: 7 });
});

test('[SV1] limits are objects for programs and JSON in the environment; what is not named keeps its default', () => {
  const env = {
    MANYHANDS_WS_LIMITS: '{"perAddress":1000,"connects":{"perSecond":50,"burst":300}}',
    MANYHANDS_LOAD_LIMITS: '{"delayMs":250}',
  };
  const { ws, load, engine } = loadConfig({ engine: { quotaPerHost: 7 } }, env);
  expect(ws).toEqual({ ...WS_LIMITS, perAddress: 1_000, connects: { perSecond: 50, burst: 300 } });
  expect([load.delayMs, load.queued, engine.quotaPerHost, engine.firstQuota]).toEqual([250, 12_500, 7, 8]);
});

test.each<[NonNullable<CoordinatorSettings['trustProxy']>, string[]]>([
  [true, ['loopback']],
  ['false', []],
  ['10.0.0.1, 10.1.0.0/16,loopback', ['10.0.0.1', '10.1.0.0/16', 'loopback']],
  [['::1'], ['::1']],
])('[GW24] trusted proxies: %j means %j', (given, names) => {
  expect(loadConfig({ trustProxy: given }, {}).trustProxy).toEqual(names);
});

test.each<[CoordinatorSettings, NodeJS.ProcessEnv, string]>([
  [{ port: 65_536 }, {}, '`port`'],
  [{ port: 'http' }, {}, '`port`'],
  [{}, { MANYHANDS_PORT: '-1' }, '(MANYHANDS_PORT)'],
  [{ publicUrl: 'grid.example.org' }, {}, '`publicUrl`'],
  [{ publicUrl: 'javascript:alert(1)' }, {}, '`publicUrl`'],
  [{ data: '' }, {}, '`data`'],
  [{ name: '' }, {}, '`name`'],
  [{ checks: 0 }, {}, '`checks`'],
  [{}, { MANYHANDS_LOG_LEVEL: 'loud' }, '(MANYHANDS_LOG_LEVEL)'],
  [{}, { MANYHANDS_TRUST_PROXY: 'my-proxy' }, '(MANYHANDS_TRUST_PROXY)'],
  [{}, { MANYHANDS_WS_LIMITS: '{"perAdress":5}' }, '(MANYHANDS_WS_LIMITS)'],
  [{}, { MANYHANDS_WS_LIMITS: 'perAddress=5' }, '(MANYHANDS_WS_LIMITS)'],
  [{}, { MANYHANDS_WS_LIMITS: '{"connects":5}' }, '(MANYHANDS_WS_LIMITS)'],
  [{}, { MANYHANDS_HTTP_LIMITS: '{"bodyBytes":"many"}' }, '(MANYHANDS_HTTP_LIMITS)'],
  [{ ws: { helloMs: -1 } }, {}, '`ws`'],
])('[SV1] %o with %o is refused, naming the setting', (flags, env, name) => {
  expect(() => loadConfig(flags, env)).toThrow(AppError);
  expect(() => loadConfig(flags, env)).toThrow(expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(name) }));
});
