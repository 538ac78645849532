import { expect, test } from 'vitest';
import { HTTP_LIMITS } from '../http/http-limits.ts';
import { AppError } from './app-error.ts';
import { type CoordinatorSettings, loadConfig } from './config.ts';

test('[SV1] flags come before environment, environment before defaults', () => {
  const env = { MANYHANDS_PORT: '9000', MANYHANDS_NAME: 'From the environment', MANYHANDS_TRUST_PROXY: 'true' };
  const config = loadConfig({ port: '7000', name: undefined }, env);
  expect(config).toMatchObject({
    port: 7000,
    name: 'From the environment',
    trustProxy: true,
    host: '127.0.0.1',
    data: 'manyhands-data',
    store: 'sqlite',
  });
});

test('[SV1] a limit that is given leaves the others as they are', () => {
  expect(loadConfig({ http: { streams: 7 } }, {}).http).toEqual({ ...HTTP_LIMITS, streams: 7 });
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
])('[SV1] %o with %o is refused, naming the setting', (flags, env, name) => {
  expect(() => loadConfig(flags, env)).toThrow(AppError);
  expect(() => loadConfig(flags, env)).toThrow(expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(name) }));
});
