import { FakeClock } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { WaitingRoom } from './waiting-room.ts';

function openRoom(draw = 1) {
  const clock = new FakeClock();
  const room = new WaitingRoom(clock, () => draw, { handshakesPerSecond: 100, restartMs: 5_000 });
  return { clock, room };
}

test('[GW19] the more were turned away before, the longer the delay; when they had time to come in, it is short again', () => {
  const { room, clock } = openRoom();
  const delays = Array.from({ length: 1_000 }, () => room.turnAway());
  expect([delays[0], delays[499], delays[999]]).toEqual([1_015, 8_500, 16_000]);
  // Nobody is learned to be slower before a second is over.
  clock.advance(900);
  expect(room.sendAway()).toBe(14_665);
  clock.jump(60_000);
  expect(room.sendAway()).toBeLessThan(1_100);
});

test('[GW19] at a restart all are spread over the time in which they can come back, and none comes before it is over', () => {
  expect(openRoom(0).room.sendAwayForRestart(1_000)).toBe(6_500);
  const { room } = openRoom(0.999);
  const delays = Array.from({ length: 1_000 }, () => room.sendAwayForRestart(1_000));
  expect([Math.min(...delays), Math.max(...delays)]).toEqual([21_485, 21_485]);
});

test('[GW19] what the door can do is what it did when it was asked for most', () => {
  const { room, clock } = openRoom();
  const second = (letIn: number, turnedAway: number) => {
    for (let i = 0; i < letIn; i++) room.letIn();
    for (let i = 0; i < turnedAway; i++) room.turnAway();
    clock.advance(1_000);
    return room.perSecond;
  };
  expect([second(250, 0), second(10, 0), second(150, 1), second(0, 0)]).toEqual([250, 250, 200, 200]);
});

test('[GW15] nothing is left of it when it is put away', () => {
  const { room, clock } = openRoom();
  room[Symbol.dispose]();
  expect(clock.timers).toBe(0);
});
