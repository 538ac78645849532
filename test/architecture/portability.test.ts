import { expect, test } from 'vitest';
import { read, trackedFiles } from './repository.ts';

const TEXT = /\.(ts|tsx|js|mjs|json|md|css|html|svg|yml|yaml|sh|sql|txt)$|^\.[a-z]+(rc|ignore)?$|^\.ci\/|LICENSE$/;
const texts = trackedFiles().filter((path) => TEXT.test(path) && !path.startsWith('test/architecture/'));

/** `file:line: match` for every match. */
function findings(pattern: RegExp): string[] {
  return texts.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, i) => [...line.matchAll(pattern)].map(([match]) => `${path}:${i + 1}: ${match}`)),
  );
}

test('there is something to check', () => {
  expect(texts.length).toBeGreaterThan(100);
});

test('no file names a path of somebody’s machine', () => {
  expect(findings(/(?<![\w.])\/(?:home|Users|root|work|workspace|mnt|srv)\/[\w.-]+|\b[A-Z]:\\\\?(?:Users|Documents)/g)).toEqual([]);
});

test('no file names a registry or a mirror', () => {
  expect(findings(/https?:\/\/[\w.-]*(?:registry|mirror|artifactory|nexus|verdaccio|jfrog|pypi|npmjs|yarnpkg)[\w.-]*/g)).toEqual([]);
  expect(findings(/"resolved": "https?:/g)).toEqual([]);
});
