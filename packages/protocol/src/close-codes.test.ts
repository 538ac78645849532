import { expect, test } from 'vitest';
import { CLOSE_CODES, isFatalClose } from './close-codes.ts';

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
