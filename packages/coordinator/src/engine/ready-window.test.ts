import { jobId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { createUnit } from '../domain/work-unit.ts';
import { type Offer, ReadyWindow } from './ready-window.ts';

const unit = (index: number) => createUnit({ job: jobId(1), index }, 1);
const page = (...indexes: number[]) => indexes.map(unit);

/** What it is shown; `answer` says what it does with each. */
function shown(window: ReadyWindow, eater: object, want: number, answer: (index: number) => Offer = () => 'issued'): number[] {
  const seen: number[] = [];
  window.take(eater, want, ({ index }) => {
    seen.push(index);
    return answer(index);
  });
  return seen;
}

test('[EN19] units are shown oldest first, until enough were issued', () => {
  const window = new ReadyWindow(10, false);
  for (const index of [5, 1, 9]) window.offer(unit(index));
  expect(shown(window, {}, 2)).toEqual([5, 1]);
  window.drop(1);
  expect(shown(window, {}, 9)).toEqual([5, 9]);
  window.drop(77);
  expect(window.size).toBe(2);
});

test('[EN19] nobody is shown again what it may not have, and everybody what came since', () => {
  const window = new ReadyWindow(10, false);
  for (const index of [1, 2, 3]) window.offer(unit(index));
  const [a, b] = [{}, {}];
  expect(shown(window, a, 9, (index) => (index === 3 ? 'taken' : 'ineligible'))).toEqual([1, 2, 3]);
  expect(shown(window, a, 9, () => 'ineligible')).toEqual([3]);
  expect(shown(window, a, 9)).toEqual([]);
  window.offer(unit(2));
  expect(shown(window, a, 9)).toEqual([2]);
  expect(shown(window, b, 9)).toEqual([1, 3, 2]);
});

test('[EN19] what another took in this batch may come back, so it is shown again', () => {
  const window = new ReadyWindow(10, false);
  for (const index of [1, 2]) window.offer(unit(index));
  const eater = {};
  expect(shown(window, eater, 9, (index) => (index === 1 ? 'taken' : 'ineligible'))).toEqual([1, 2]);
  expect(shown(window, eater, 9)).toEqual([1, 2]);
});

test('[EN19] what turns out to be gone is shown to nobody any more', () => {
  const window = new ReadyWindow(10, false);
  for (const index of [1, 2]) window.offer(unit(index));
  expect(shown(window, {}, 9, (index) => (index === 1 ? 'gone' : 'taken'))).toEqual([1, 2]);
  expect(shown(window, {}, 9)).toEqual([2]);
  expect(window.size).toBe(1);
});

test('[EN19] it stays within its bound and knows that there is more', () => {
  const window = new ReadyWindow(2, false);
  for (const index of [1, 2, 3]) window.offer(unit(index));
  expect([window.size, window.hasMore]).toEqual([2, true]);
  expect(window.beginPage()).toBe(-1);
  window.acceptPage(page(1, 2), false);
  expect([window.size, window.hasMore]).toEqual([2, true]);
  expect(window.beginPage()).toBe(2);
  window.acceptPage(page(3), true);
  expect(shown(window, {}, 9)).toEqual([2, 3]);
  // Unit 1 had to go: another round finds it.
  expect(window.hasMore).toBe(true);
});

test('[EN19] when all of a round fits, there is no more', () => {
  const window = new ReadyWindow(5, true);
  expect(window.hasMore).toBe(true);
  window.beginPage();
  window.acceptPage([], true);
  expect(window.hasMore).toBe(false);
});

test('[EN19] what did not fit while a page was read is for the next round', () => {
  const window = new ReadyWindow(1, true);
  window.beginPage();
  window.offer(unit(1));
  window.offer(unit(2));
  window.acceptPage(page(1), true);
  expect(window.hasMore).toBe(true);
});

test('[EN19] forgetting leaves everything to the store', () => {
  const window = new ReadyWindow(5, false);
  window.offer(unit(1));
  window.forget();
  expect([window.size, window.hasMore, window.beginPage()]).toEqual([0, true, -1]);
});

test('[EN19] places of units that are gone do not pile up', () => {
  const window = new ReadyWindow(10, false);
  const eater = {};
  for (let index = 0; index < 1_000; index++) {
    window.offer(unit(index));
    expect(shown(window, eater, 1)).toEqual([index]);
    window.drop(index);
  }
  expect(window.size).toBe(0);
  window.offer(unit(5_000));
  expect(shown(window, eater, 1)).toEqual([5_000]);
});
