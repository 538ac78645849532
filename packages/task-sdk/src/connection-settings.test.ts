import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeCoordinator } from '../test/fake-coordinator.ts';
import { defaultAuthorFile, resolveConnection } from './connection-settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function authorFile(name: string, url: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...new FakeCoordinator().author, url }));
  return path;
}

test('[SK8] what is passed counts before the environment, and that before the config file', () => {
  const env = { XDG_CONFIG_HOME: folder };
  authorFile('manyhands/author.json', 'http://config.example');
  expect(resolveConnection({}, env).url).toBe('http://config.example');
  const byEnv = { ...env, MANYHANDS_AUTHOR: authorFile('env.json', 'http://env.example') };
  expect(resolveConnection({}, byEnv).url).toBe('http://env.example');
  expect(resolveConnection({}, { ...byEnv, MANYHANDS_URL: 'http://url.example' })).toMatchObject({
    url: 'http://url.example',
    token: 'secret',
  });
  const passed = { authorFile: authorFile('passed.json', 'http://passed.example'), token: 'other' };
  expect(resolveConnection(passed, byEnv)).toMatchObject({ url: 'http://passed.example', token: 'other' });
});

test('[SK8] where nothing names a coordinator, the message lists every way to', () => {
  const env = { XDG_CONFIG_HOME: folder };
  expect(() => resolveConnection({}, env)).toThrow(/--url.*MANYHANDS_URL.*author\.json/);
  expect(defaultAuthorFile(env)).toBe(join(folder, 'manyhands', 'author.json'));
});

test('[SK8] an address without http, and an author file that is none, are named', () => {
  expect(() => resolveConnection({ url: 'localhost:8080' }, { XDG_CONFIG_HOME: folder })).toThrow(
    /"localhost:8080" is no coordinator's address/,
  );
  expect(() => resolveConnection({ authorFile: join(folder, 'none.json') }, {})).toThrow(/cannot be read.*manyhands serve/);
  const path = join(folder, 'wrong.json');
  writeFileSync(path, '{"url":"http://a.example"}');
  expect(() => resolveConnection({ authorFile: path }, {})).toThrow(/is not an author file/);
});
