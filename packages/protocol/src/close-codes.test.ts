import { expect, test } from 'vitest';
import { CLOSE_CODES, isFatalClose, retryAfterIn, withRetryAfter } from './close-codes.ts';

test('[PR9] codes are those a WebSocket may send, and no two have one name', () => {
  const codes = Object.keys(CLOSE_CODES).map(Number);
  for (const code of codes) expect([1008, 1009, 1012, 1013].includes(code) || (code >= 4000 && code <= 4099)).toBe(true);
  expect(new Set(Object.values(CLOSE_CODES).map(({ name }) => name)).size).toBe(codes.length);
});

test('[PR9] coming back helps unless the code says that it cannot', () => {
  const fatal = Object.keys(CLOSE_CODES).map(Number).filter(isFatalClose);
  expect(fatal).toEqual([4001, 4002, 4003, 4004]);
  for (const unknown of [1000, 1006, 4099, 0, Number.NaN]) expect(isFatalClose(unknown)).toBe(false);
});

test('[PR17] a reason may say how long to stay away; any other text says nothing of that', () => {
  expect(withRetryAfter('the coordinator is restarting', 12_500)).toBe('the coordinator is restarting; retry after 12500 ms');
  expect(retryAfterIn('the coordinator is restarting; retry after 12500 ms')).toBe(12_500);
  for (const silent of ['', 'retry after 5 ms', 'busy; retry after -5 ms', 'busy; retry after 5 ms!', 'busy; retry after 9999999999 ms'])
    expect(retryAfterIn(silent)).toBe(null);
});
