/** The numbered rules of docs/spec, and the tests that quote them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, read, typeScriptFiles } from './repository.ts';
import { factsOf } from './source-facts.ts';

/** Rule → the specs that state it. */
export function statedRules(): Map<string, string[]> {
  const stated = new Map<string, string[]>();
  for (const file of readdirSync(join(ROOT, 'docs/spec')).filter((name) => name.endsWith('.md'))) {
    for (const [, rule = ''] of read(`docs/spec/${file}`).matchAll(/^(?:[-*] )?\*\*([A-Z]{1,3}\d+)\*\*/gm))
      stated.set(rule, [...(stated.get(rule) ?? []), file]);
  }
  return stated;
}

/** The rules that a title begins with: `[CQ1] [CQ2] …`. */
export const quotedIn = (title: string): string[] =>
  [...(/^(?:\[[A-Z]{1,3}\d+\][\s,]*)+/.exec(title)?.[0].matchAll(/[A-Z]{1,3}\d+/g) ?? [])].map(([rule]) => rule);

/** Rule → the test files that quote it. */
export function quotedRules(): Map<string, string[]> {
  const quoted = new Map<string, string[]>();
  for (const path of typeScriptFiles().filter((file) => /\.(test|contract)\.ts$/.test(file) && !file.startsWith('test/architecture/'))) {
    for (const rule of factsOf(path).strings.flatMap(quotedIn)) quoted.set(rule, [...(quoted.get(rule) ?? []), path]);
  }
  return quoted;
}
