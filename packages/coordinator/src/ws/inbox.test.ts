import { expect, test } from 'vitest';
import { Inbox, type InboxRates } from './inbox.ts';
import { RateLimit } from './rate-limit.ts';

function openInbox(options: Partial<InboxRates> & { framesInFlight?: number } = {}) {
  const state = { handled: [] as string[], paused: false, blocked: false, now: 0 };
  const finish: (() => void)[] = [];
  const inbox = new Inbox(
    {
      handle: (text) => {
        state.handled.push(text);
        return new Promise((resolve) => finish.push(resolve));
      },
      isBlocked: () => state.blocked,
      pause: () => {
        state.paused = true;
      },
      resume: () => {
        state.paused = false;
      },
      now: () => state.now,
    },
    options.framesInFlight ?? 100,
    { frames: options.frames ?? null, bytes: options.bytes ?? null },
  );
  const finishOne = async () => {
    finish.shift()?.();
    await Promise.resolve();
  };
  return { inbox, state, finishOne };
}

test('[GW11] so many frames are under way at a time; the rest waits in order with the socket paused', async () => {
  const { inbox, state, finishOne } = openInbox({ framesInFlight: 2 });
  inbox.push('a');
  expect(state.paused).toBe(false);
  inbox.push('b');
  expect(state.paused).toBe(true);
  for (const text of ['c', 'd', 'e']) inbox.push(text);
  expect(state.handled).toEqual(['a', 'b']);
  await finishOne();
  expect(state.handled).toEqual(['a', 'b', 'c']);
  for (let i = 0; i < 4; i++) await finishOne();
  expect(state.handled).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(state.paused).toBe(false);
});

test('[GW10] frames beyond the rate are handled later, none is dropped', () => {
  const { inbox, state } = openInbox({ frames: new RateLimit({ perSecond: 10, burst: 2 }) });
  for (const text of ['a', 'b', 'c', 'd']) inbox.push(text);
  expect([state.handled.length, state.paused]).toEqual([2, true]);
  state.now = 100;
  inbox.pump();
  expect([state.handled.length, state.paused]).toEqual([3, true]);
  state.now = 200;
  inbox.pump();
  expect([state.handled.join(''), state.paused]).toEqual(['abcd', false]);
});

test.each([
  [9, 'ab'],
  [10, 'ab'],
  [11, 'a'],
])('[GW23] of %i bytes at a limit of 10 at once, %s is handled now and the rest later', (bytes, handled) => {
  const { inbox, state } = openInbox({ bytes: new RateLimit({ perSecond: 10, burst: 10 }) });
  inbox.push('a'.padEnd(bytes - 5));
  inbox.push('b'.padEnd(5));
  const seen = () => state.handled.map((text) => text.trim()).join('');
  expect([seen(), state.paused]).toEqual([handled, handled === 'a']);
  state.now = 100;
  inbox.pump();
  expect([seen(), state.paused]).toEqual(['ab', false]);
});

test('[GW23] a frame that waits for its bytes is counted as one frame, however often it is looked at', () => {
  const { inbox, state } = openInbox({
    frames: new RateLimit({ perSecond: 1, burst: 2 }),
    bytes: new RateLimit({ perSecond: 100, burst: 1 }),
  });
  inbox.push('a');
  inbox.push('b');
  for (let i = 0; i < 5; i++) inbox.pump();
  state.now = 10;
  inbox.pump();
  expect(state.handled).toEqual(['a', 'b']);
});

test('[GW12] nothing is handled while the other end does not read', () => {
  const { inbox, state } = openInbox();
  state.blocked = true;
  inbox.push('a');
  expect([state.handled.length, state.paused]).toEqual([0, true]);
  state.blocked = false;
  inbox.pump();
  expect([state.handled.length, state.paused]).toEqual([1, false]);
});

test('[GW15] what waits when the connection ends is never handled', async () => {
  const { inbox, state, finishOne } = openInbox({ framesInFlight: 1 });
  inbox.push('a');
  inbox.push('b');
  inbox.clear();
  await finishOne();
  expect(state.handled).toEqual(['a']);
});
