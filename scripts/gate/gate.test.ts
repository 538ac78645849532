import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runStep } from './run-step.ts';
import type { Step } from './step.ts';
import { summaryOf, totalsOf } from './summary.ts';
import { countsOf } from './vitest-report.ts';

// A root of its own, whose only program is Node.
const root = mkdtempSync(join(tmpdir(), 'manyhands-gate-'));
mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
symlinkSync(process.execPath, join(root, 'node_modules', '.bin', 'node'));
afterAll(() => rmSync(root, { recursive: true }));

const stepOf = (script: string, over: Partial<Step> = {}): Step => ({
  name: 'a step',
  checks: 'nothing',
  command: ['node', '-e', script],
  report: null,
  limitMs: 30_000,
  ...over,
});
const report = (assertionResults: { fullName: string; status: string; failureMessages: string[] }[], status: string) => ({
  numPassedTests: assertionResults.filter((one) => one.status === 'passed').length,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ name: '/repository/a.test.ts', status, message: 'cannot find module\nat …', assertionResults }],
});

test('a step without tests counts only when it fails', async () => {
  expect(await runStep(stepOf(''), root)).toMatchObject({ passed: 0, failed: 0, failures: [] });
  expect(await runStep(stepOf('process.exit(3)'), root)).toMatchObject({
    passed: 0,
    failed: 1,
    failures: ['a step ended with exit code 3; its output is above'],
  });
});

test('a step that cannot be started, cannot be provided for, or hangs has failed', async () => {
  expect((await runStep(stepOf('', { command: ['no-such-program'] }), root)).failures[0]).toContain('could not be started');
  expect((await runStep(stepOf('', { provide: () => 'no browser' }), root)).failures).toEqual(['no browser']);
  expect((await runStep(stepOf('setInterval(() => {}, 1000)', { limitMs: 300 }), root)).failures[0]).toContain('was stopped after');
});

test('a step has no stdin, no terminal, and knows that it is CI', async () => {
  const script =
    "if (process.stdout.isTTY || process.env.CI !== 'true') process.exit(1); process.stdin.on('end', () => process.exit(0)).resume()";
  expect(await runStep(stepOf(script), root)).toMatchObject({ failed: 0 });
});

test('tests are counted from the report, and an exit code that no test explains is one failure more', async () => {
  const good = report([{ fullName: 'good', status: 'passed', failureMessages: [] }], 'passed');
  const write = `require('node:fs').writeFileSync('report.json', ${JSON.stringify(JSON.stringify(good))});`;
  expect(await runStep(stepOf(write, { report: 'report.json' }), root)).toMatchObject({ passed: 1, failed: 0, skipped: 2 });
  expect(await runStep(stepOf(`${write} process.exit(1)`, { report: 'report.json' }), root)).toMatchObject({ passed: 1, failed: 1 });
});

test('a report of an earlier run is not taken for this one', async () => {
  writeFileSync(join(root, 'old.json'), JSON.stringify(report([{ fullName: 'good', status: 'passed', failureMessages: [] }], 'passed')));
  expect(await runStep(stepOf('process.exit(1)', { report: 'old.json' }), root)).toMatchObject({ passed: 0, failed: 1 });
});

test('a failed test is told by file and name, a file that could not be run by its error', () => {
  const failed = report([{ fullName: 'bad', status: 'failed', failureMessages: ['expected 1 to be 2\nat …'] }], 'failed');
  expect(countsOf(failed, '/repository')).toEqual({ passed: 0, skipped: 2, failures: ['a.test.ts: bad: expected 1 to be 2'] });
  expect(countsOf(report([], 'failed'), '/repository').failures).toEqual(['a.test.ts: could not be run: cannot find module']);
});

test('the summary lists what failed, then every step with its numbers', () => {
  const results = [
    { name: 'lint', elapsedMs: 1_234, passed: 0, failed: 0, skipped: 0, failures: [] },
    { name: 'unit', elapsedMs: 61_000, passed: 1_200, failed: 1, skipped: 3, failures: ['a.test.ts: bad'] },
  ];
  expect(summaryOf(results).split('\n')).toEqual([
    '',
    'What failed:',
    '  unit: a.test.ts: bad',
    '',
    'step           time  passed  failed  skipped',
    'ok     lint   1.2 s       0       0        0',
    'FAILED unit  61.0 s    1200       1        3',
    '',
  ]);
  expect(totalsOf(results)).toEqual({ passed: 1_200, failed: 1 });
});
