import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SdkError } from '../sdk-error.ts';
import { bundleTask } from './bundle-task.ts';
import { packTask } from './pack-task.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-task-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A definition without libraries: its schemas accept anything. */
const definition = (fields: string) => `
  import { confidence, defineTask, proof, quorum, within } from '@manyhands/task-sdk';
  const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
  export default { name: 'plain', version: '1.0.0', title: 'Plain', license: 'MIT', input: anything, output: anything,
    verify: quorum(1), run: (input) => input, ${fields} };
`;

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SdkError);
  expect((error as SdkError).code).toBe('task');
  return (error as SdkError).message;
}

const COLLATZ = fileURLToPath(new URL('../../test/tasks/collatz.task.ts', import.meta.url));

test('[SK1] the same sources at another place give the same bytes', async () => {
  const here = write('here/task.ts', `import { twice } from './lib/twice.ts';${definition('run: twice')}`);
  write('here/lib/twice.ts', 'export const twice = (x: number) => x * 2; // doubled');
  const there = write('far/away/from/here/task.ts', `import { twice } from './lib/twice.ts';${definition('run: twice')}`);
  write('far/away/from/here/lib/twice.ts', 'export const twice = (x: number) => x * 2; // doubled, said otherwise');
  expect(await bundleTask(there, 'deterministic')).toBe(await bundleTask(here, 'deterministic'));
});

test('[SK2] of the SDK, a bundle holds defineTask and its like, and no client code', async () => {
  const bundle = await bundleTask(COLLATZ, 'deterministic');
  expect(bundle).toContain('Longest Collatz chains');
  expect(bundle).not.toMatch(/authorization|MANYHANDS_URL|esbuild|getCallSites/);
  expect(bundle.length).toBeLessThan(200_000);
});

test('[SK2] importing client code from the SDK names what a task file may import', async () => {
  const file = write('task.ts', `import { connect } from '@manyhands/task-sdk'; connect();${definition('')}`);
  expect(await messageOf(bundleTask(file, 'deterministic'))).toContain('may import only what runs with the volunteer');
});

test('[SK3] a module of Node is refused, with the way it is imported', async () => {
  const file = write('task.ts', `import { read } from './lib/read.ts';${definition('run: read')}`);
  write('lib/read.ts', `import { inner } from './inner.ts'; export const read = () => inner();`);
  write('lib/inner.ts', `import { readFileSync } from 'fs'; export const inner = () => readFileSync('/etc/passwd', 'utf8');`);
  const message = await messageOf(bundleTask(file, 'deterministic'));
  expect(message).toContain('imports fs, which no volunteer has');
  expect(message).toContain('task.ts → lib/read.ts → lib/inner.ts → fs');
});

test('[SK3] a module of Node that no code needs once bundled is none', async () => {
  const file = write('task.ts', `import type { Stats } from 'node:fs'; export type Facts = Stats;${definition('')}`);
  expect(await bundleTask(file, 'deterministic')).toContain('plain');
});

test('[SK3] an installed package that has the name of a module of Node is bundled', async () => {
  write('node_modules/events/package.json', '{ "name": "events", "main": "index.js" }');
  write('node_modules/events/index.js', 'exports.answer = () => 42;');
  const file = write('task.ts', `import { answer } from 'events';${definition('run: answer')}`);
  expect(await bundleTask(file, 'deterministic')).toContain('42');
});

test('[SK4] a syntax error names file, line and column', async () => {
  const file = write('task.ts', 'export default {\n  run( { }\n');
  expect(await messageOf(bundleTask(file, 'deterministic'))).toMatch(/does not bundle:\n {2}task\.ts:3:\d+: /);
});

test('[SK4] a missing file, and a missing import, are named', async () => {
  expect(await messageOf(bundleTask(join(folder, 'none.ts'), 'deterministic'))).toContain('There is no file');
  const file = write('task.ts', `import './gone.ts';${definition('')}`);
  expect(await messageOf(bundleTask(file, 'deterministic'))).toContain('Could not resolve "./gone.ts"');
});

test.each([
  ['no default export', 'export const run = 1;', 'has no default export'],
  ['a function as default export', 'export default () => 1;', 'its default export is a function'],
  ['no run', definition('run: undefined'), 'it has no `run`'],
  ['a run that is no function', definition('run: "fast"'), 'its `run` is a string, not a function'],
  ['no input schema', definition('input: undefined'), 'its `input` is missing, not a Standard Schema'],
  ['no policy we know', definition('verify: { kind: "trust" }'), 'its `verify` is no policy'],
  ['an impossible confidence', definition('verify: { kind: "confidence", wrongIn: 1 }'), 'confidence({ wrongIn: 1 })'],
  ['no confidence', definition('verify: null'), 'its `verify` is no policy'],
  [
    'an agreement in words',
    definition('verify: quorum(2, { agree: "roughly" })'),
    'its `agree` is a string. Write `within({ rel: 1e-9 })`',
  ],
  ['no tolerance', definition('verify: quorum(2, { agree: { kind: "within", abs: 0, rel: 0 } })'), 'is no tolerance'],
  ['a negative tolerance', definition('verify: quorum(2, { agree: { kind: "within", abs: -1, rel: 0 } })'), 'within({ abs: -1, rel: 0 })'],
  ['a tolerance without bounds', definition('verify: quorum(2, { agree: { kind: "within", abs: 0, rel: 2 } })'), 'from 0 to 1'],
  ['unknown engines', definition('engines: "same"'), "Write 'any' or 'alike'"],
  ['an impossible quorum', definition('verify: quorum(0)'), 'quorum(0)'],
  ['a proof without check', definition('verify: { kind: "proof" }'), 'its proof has no check'],
  ['a bad name', definition('name: "Big Search"'), 'its `name` is "Big Search". Write lower-case letters'],
  ['a bad version', definition('version: "1.0"'), 'its `version` is "1.0". Write a semantic version'],
  ['no license', definition('license: undefined'), 'it has no `license`. Add an SPDX identifier'],
  ['impossible limits', definition('limits: { memoryMB: 1 }'), 'its `limits` is {"memoryMB":1}. Write memoryMB 8 to 4096'],
  ['unknown arithmetic', definition('math: "fast"'), "Write 'deterministic' or 'native'"],
  ['code that fails when loaded', `process.exit(1);${definition('')}`, 'fails as soon as it is loaded: TypeError'],
])('[SK4] %s gets one clear message', async (_, source, expected) => {
  const file = write('task.ts', source);
  const message = await messageOf(packTask(file));
  expect(message).toContain(file);
  expect(message).toContain(expected);
});

test('[SK5] ** becomes Math.pow, unless the task asks for native arithmetic', async () => {
  const deterministic = await packTask(write('a.ts', definition('run: (x) => x ** 3')));
  expect(deterministic.bundle).not.toContain('**');
  expect(deterministic.manifest.math).toBe('deterministic');
  const native = await packTask(write('b.ts', definition('run: (x) => x ** 3, math: "native"')));
  expect(native.bundle).toContain('**');
});

test.each([
  ['verify: undefined', { kind: 'confidence', wrongIn: 10_000, agree: { kind: 'exact' } }],
  ['verify: quorum(2)', { kind: 'quorum', k: 2, agree: { kind: 'exact' } }],
  ['verify: quorum(2, { agree: (a, b) => a === b })', { kind: 'quorum', k: 2, agree: { kind: 'author' } }],
  [
    'verify: confidence({ wrongIn: 50, agree: within({ rel: 0.1 }) })',
    { kind: 'confidence', wrongIn: 50, agree: { kind: 'within', abs: 0, rel: 0.1 } },
  ],
  ['verify: proof(() => true)', { kind: 'proof' }],
])('[SK27] %s is told to everybody in the manifest', async (fields, expected) => {
  expect((await packTask(write('task.ts', definition(fields)))).manifest.verify).toEqual(expected);
});

test.each([
  ['', undefined],
  ['math: "native"', 'alike'],
  ['math: "native", engines: "any"', undefined],
  ['engines: "alike"', 'alike'],
])('[SK28] engines for { %s }: %s', async (fields, expected) => {
  expect((await packTask(write('task.ts', definition(fields)))).manifest.engines).toBe(expected);
});

test('[SK6] a task is found by path, URL, or the file that called defineTask', async () => {
  const { default: collatz } = await import('../../test/tasks/collatz.task.ts');
  const byPath = await packTask(COLLATZ);
  expect(byPath.manifest).toMatchObject({ name: 'collatz', bundleBytes: Buffer.byteLength(byPath.bundle), limits: { memoryMB: 64 } });
  expect((await packTask(new URL('../../test/tasks/collatz.task.ts', import.meta.url))).bundle).toBe(byPath.bundle);
  expect((await packTask({ file: COLLATZ })).bundle).toBe(byPath.bundle);
  const byDefinition = await packTask(collatz);
  expect(byDefinition.bundle).toBe(byPath.bundle);
  expect(byDefinition.definition).toBe(collatz);
});

test('[SK6] a copy of a definition, whose file is unknown, is refused with advice', async () => {
  const { default: collatz } = await import('../../test/tasks/collatz.task.ts');
  expect(await messageOf(packTask({ ...collatz }))).toContain("new URL('./task.ts', import.meta.url)");
});

test('a .wasm file is bundled as bytes', async () => {
  write('search.wasm', '\0asm');
  const file = write('task.ts', `import bytes from './search.wasm';${definition('run: () => bytes.length')}`);
  const { definition: task } = await packTask(file);
  expect(await task.run(null, null as never)).toBe(4);
});
