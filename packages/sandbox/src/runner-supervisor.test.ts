import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SILENT } from './logger.ts';
import { RunnerSupervisor } from './runner-supervisor.ts';
import { FakeChild } from './testing/fake-child.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function supervise() {
  const children: FakeChild[] = [];
  const seen: string[] = [];
  const supervisor = new RunnerSupervisor({
    start: (onReport) => {
      const child = new FakeChild(onReport);
      children.push(child);
      return child;
    },
    logger: SILENT,
    onUp: () => void seen.push('up'),
    onReport: ({ message }) => void seen.push(message.type),
    onDown: ({ reason }) => void seen.push(`down ${reason}`),
    onHopeless: (message) => void seen.push(message),
  });
  const last = (): FakeChild => children.at(-1) as FakeChild;
  /** Lets promises settle and `ms` pass. */
  const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  return { supervisor, children, seen, last, pass };
}

test('[SB18] a child is started when somebody wants one, and only one', () => {
  const { supervisor, children, seen, last } = supervise();
  expect(children).toHaveLength(0);
  supervisor.demand();
  supervisor.demand();
  expect(children).toHaveLength(1);
  expect(supervisor.child).toBeNull();
  last().say({ type: 'ready' });
  expect(supervisor.child).toBe(last());
  expect(seen).toEqual(['up']);
});

test('[SB24] after a death the next child comes at once, after many ever more slowly, until one proves itself', async () => {
  const { supervisor, children, last, pass } = supervise();
  supervisor.demand();
  const restsMs: number[] = [];
  for (let i = 0; i < 9; i++) {
    const before = children.length;
    last().say({ type: 'ready' });
    last().die();
    let restMs = 0;
    for (await pass(); children.length === before; restMs += 100) await pass(100);
    restsMs.push(restMs);
  }
  expect(restsMs).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  last().say({ type: 'ready' });
  supervisor.proven();
  last().die();
  await pass();
  last().say({ type: 'ready' });
  expect(supervisor.child).toBe(last());
});

test('[SB24] children that never come up make it hopeless, with their last words; a later demand tries again', async () => {
  const { supervisor, children, seen, last, pass } = supervise();
  supervisor.demand();
  for (let i = 0; i < 4; i++) {
    last().die({ reason: 'exit code 1', stderr: 'no such luck' });
    await pass(1_000);
  }
  expect(children).toHaveLength(4);
  expect(seen).toEqual(["the task's runner does not start (exit code 1): no such luck"]);
  supervisor.demand();
  expect(children).toHaveLength(5);
});

test('[SB24] a child that neither comes up nor dies is killed', async () => {
  const { supervisor, children, last, pass } = supervise();
  supervisor.demand();
  await pass(59_999);
  expect(last().alive).toBe(true);
  await pass(1);
  expect(children[0]?.alive).toBe(false);
});

test('[SB8] a refused bundle is hopeless at once', () => {
  const { supervisor, seen, last } = supervise();
  supervisor.demand();
  last().say({ type: 'refused', message: 'no task' });
  expect(seen).toEqual(['no task']);
  expect(last().alive).toBe(false);
});

test('[SB25] a recycled child is killed and mourned by nobody', async () => {
  const { supervisor, children, seen, last, pass } = supervise();
  supervisor.demand();
  last().say({ type: 'ready' });
  supervisor.recycle();
  await pass();
  expect([seen, children[0]?.alive, supervisor.child]).toEqual([['up'], false, null]);
  supervisor.demand();
  expect(children).toHaveLength(2);
});

test('[SB15] a child that comes up while frozen is frozen', () => {
  const { supervisor, last } = supervise();
  supervisor.freeze();
  supervisor.demand();
  expect(last().frozen).toBe(false); // it may load
  last().say({ type: 'ready' });
  expect(last().frozen).toBe(true);
  supervisor.thaw();
  expect(last().frozen).toBe(false);
});

test('[SB17] closing ends the child, or the wait for the next one', async () => {
  const one = supervise();
  one.supervisor.demand();
  one.last().say({ type: 'ready' });
  await one.supervisor.close();
  expect(one.last().alive).toBe(false);
  one.supervisor.demand();
  await one.pass(10_000);
  expect([one.children.length, one.seen]).toEqual([1, ['up']]);

  const two = supervise();
  two.supervisor.demand();
  for (let i = 0; i < 2; i++) {
    two.last().die();
    await two.pass();
  }
  await two.supervisor.close();
  await two.pass(10_000);
  expect(two.children).toHaveLength(2);
});

test('[SB24] what a buried child still says is not heard', async () => {
  const { supervisor, seen, children, last, pass } = supervise();
  supervisor.demand();
  const [first] = children as [FakeChild];
  first.say({ type: 'ready' });
  supervisor.recycle();
  supervisor.demand();
  last().say({ type: 'ready' });
  first.alive = true;
  first.say({ type: 'log', key: 1, line: 'from the grave' });
  await pass();
  expect(seen).toEqual(['up', 'up']);
});
