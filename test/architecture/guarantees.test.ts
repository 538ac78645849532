/** What the documents promise is there: the figures that were saved, the rules, the files, and in each test the rules it is named for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, join as joinPath, normalize } from 'node:path/posix';
import { expect, test } from 'vitest';
import { DOCUMENTS } from '../../scripts/guarantees/documents.ts';
import { countMarks, fillFigures } from '../../scripts/guarantees/fill-figures.ts';
import { readMeasurements } from '../../scripts/guarantees/measurements.ts';
import { ROOT, read, trackedFiles } from './repository.ts';
import { quotedRules, statedRules } from './spec-rules.ts';

const stated = statedRules();
const quoted = quotedRules();
const documents = [...DOCUMENTS, 'docs/invariants.md'].map((path) => ({ path, text: read(path) }));

/** `[text](target)`, as a path from the root; addresses and places on the same page are left out. */
const linksIn = (path: string, text: string): { text: string; target: string }[] =>
  [...text.matchAll(/\[([^\]]*)\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, words = '', target = '']) => ({ text: words, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ text: words, target }) => ({ text: words, target: normalize(joinPath(dirname(path), target)) }));

const rulesIn = (text: string): string[] => [...text.matchAll(/\b[A-Z]{2}\d+\b/g)].map(([rule]) => rule);

test.each(DOCUMENTS)('the figures in %s are those that were saved last (else: npm run guarantees)', (path) => {
  const text = read(path);
  expect(countMarks(text)).toBeGreaterThan(0);
  expect(fillFigures(text, readMeasurements(ROOT))).toBe(text);
});

test('links between documents lead to files', () => {
  const pages = trackedFiles().filter((path) => path.endsWith('.md'));
  const broken = pages.flatMap((path) =>
    linksIn(path, read(path))
      .filter(({ target }) => !existsSync(join(ROOT, target)))
      .map(({ target }) => `${path}: ${target}`),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

test.each(documents)('every rule that $path names is stated in docs/spec', ({ text }) => {
  expect(rulesIn(text).length).toBeGreaterThan(10);
  expect(rulesIn(text).filter((rule) => !stated.has(rule))).toEqual([]);
});

test.each(documents)('every test that $path names a rule for quotes that rule', ({ path, text }) => {
  const named = linksIn(path, text).filter(({ target }) => /\.(test|contract)\.ts$/.test(target));
  const wrong = named.flatMap((link) =>
    rulesIn(link.text)
      .filter((rule) => !quoted.get(rule)?.includes(link.target))
      .map((rule) => `${rule}: ${link.target}`),
  );
  expect(wrong).toEqual([]);
});

test('each of the nine promises has a test', () => {
  const [, ...promises] = read('docs/guarantees.md').split(/^### (?=G\d)/m);
  expect(promises.map((text) => text.slice(0, 2))).toEqual(Array.from({ length: 9 }, (_, i) => `G${i + 1}`));
  for (const promise of promises) expect(promise).toMatch(/\[[A-Z]{2}\d+[^\]]*\]\([^)]*\.(test|contract)\.ts\)/);
});
