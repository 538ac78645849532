import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, read, typeScriptFiles } from './repository.ts';
import { factsOf } from './source-facts.ts';

/** Rule → the spec that states it. */
function statedRules(): Map<string, string[]> {
  const stated = new Map<string, string[]>();
  for (const file of readdirSync(join(ROOT, 'docs/spec')).filter((name) => name.endsWith('.md'))) {
    for (const [, rule = ''] of read(`docs/spec/${file}`).matchAll(/^(?:[-*] )?\*\*([A-Z]{1,3}\d+)\*\*/gm))
      stated.set(rule, [...(stated.get(rule) ?? []), file]);
  }
  return stated;
}

/** The rules that a title begins with: `[CQ1] [CQ2] …`. */
const quotedIn = (title: string): string[] =>
  [...(/^(?:\[[A-Z]{1,3}\d+\][\s,]*)+/.exec(title)?.[0].matchAll(/[A-Z]{1,3}\d+/g) ?? [])].map(([rule]) => rule);

/** Rule → the test files that quote it. */
function quotedRules(): Map<string, string[]> {
  const quoted = new Map<string, string[]>();
  for (const path of typeScriptFiles().filter((file) => /\.(test|contract)\.ts$/.test(file) && !file.startsWith('test/architecture/'))) {
    for (const rule of factsOf(path).strings.flatMap(quotedIn)) quoted.set(rule, [...(quoted.get(rule) ?? []), path]);
  }
  return quoted;
}

const stated = statedRules();
const quoted = quotedRules();

test('rules are read from titles', () => {
  expect(quotedIn('[CQ1] [CQ2] a title with [a] bracket')).toEqual(['CQ1', 'CQ2']);
  expect(quotedIn('a title about [CQ1]')).toEqual([]);
  expect(stated.size).toBeGreaterThan(50);
});

test('every rule of docs/spec is stated once', () => {
  expect([...stated].filter(([, files]) => files.length > 1)).toEqual([]);
});

test('every rule of docs/spec has a test whose title begins with it', () => {
  expect([...stated].filter(([rule]) => !quoted.has(rule)).map(([rule, files]) => `${rule} (docs/spec/${files[0]})`)).toEqual([]);
});

test('every rule that a test quotes is stated in docs/spec', () => {
  expect([...quoted].filter(([rule]) => !stated.has(rule)).map(([rule, paths]) => `${rule} (${paths[0]})`)).toEqual([]);
});
