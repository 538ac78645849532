import { expect, test } from 'vitest';
import type { Report } from './ipc/from-runner.ts';
import { startRunnerProcess } from './runner-process.ts';

/** A child that runs `script` instead of a runner. */
function start(script: string, frameLimitBytes = 1_000) {
  const reports: Report[] = [];
  const command = { file: process.execPath, args: ['-e', script], readable: [], folder: process.cwd() };
  return { child: startRunnerProcess(command, { frameLimitBytes, onReport: (report) => reports.push(report) }), reports };
}

const FOREVER = 'setInterval(() => {}, 1000);';
const FRAME = `const frame = (message) => {
  const header = JSON.stringify({ message, sizes: [] });
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(header.length + 4, 0);
  prefix.writeUInt32LE(header.length, 4);
  return Buffer.concat([prefix, Buffer.from(header)]);
};`;

test.each([
  ['noise', `process.stdout.write('hello, this is no frame'); ${FOREVER}`, /frame of \d+ bytes/],
  ['an unknown message', `${FRAME} process.stdout.write(frame({ type: 'please' })); ${FOREVER}`, /unknown shape/],
])('[SB19] a child that writes %s is killed, and its death says why', async (_name, script, reason) => {
  const { child, reports } = start(script);
  const death = await child.death;
  expect(death.reason).toMatch(/broke the protocol/);
  expect(death.reason).toMatch(reason);
  expect(reports).toEqual([]);
});

test('[SB19] what it said before is heard, what it says after breaking the protocol is not', async () => {
  const { child, reports } = start(`${FRAME} process.stdout.write(Buffer.concat([frame({ type: 'ready' })]));
    setTimeout(() => process.stdout.write(Buffer.concat([frame({ type: 'ready', x: 1 }), frame({ type: 'ready' })])), 50); ${FOREVER}`);
  await child.death;
  expect(reports.map(({ message }) => message)).toEqual([{ type: 'ready' }]);
});

test('[SB14] a death is told by its signal or exit code, with the last words', async () => {
  const { child } = start(`process.stderr.write('x'.repeat(100000) + 'the end', () => process.exit(3))`);
  const { reason, stderr } = await child.death;
  expect(reason).toBe('exit code 3');
  expect(stderr).toMatch(/x{100}the end$/);
  expect(stderr.length).toBeLessThanOrEqual(4_000);
  const killed = start(FOREVER);
  killed.child.kill();
  expect((await killed.child.death).reason).toBe('SIGKILL');
  killed.child.kill(); // gone already
});

test('[SB14] a program that cannot be started is a death like any other', async () => {
  const command = { file: '/nonexistent/node', args: [], readable: [], folder: '/' };
  const child = startRunnerProcess(command, { frameLimitBytes: 1_000, onReport: () => {} });
  child.send({ type: 'abort', key: 1 });
  child.kill();
  expect((await child.death).reason).toMatch(/could not be started.*ENOENT/);
});
