import { expect, test } from 'vitest';
import { joinCommand } from './join-box.ts';

const KEY = 'k'.repeat(43);

test.each([
  ['https://grid.example.org', `manyhands join 'https://grid.example.org/#key=${KEY}'`],
  ['http://127.0.0.1:8080', `manyhands join 'http://127.0.0.1:8080/#key=${KEY}'`],
  ['http://[::1]:8080', `manyhands join 'http://[::1]:8080/#key=${KEY}'`],
])('[PG17] at %s the command carries address and key', (origin, command) => {
  expect(joinCommand(origin, KEY)).toBe(command);
});

test.each([null, "https://a';curl evil;'", 'https://$(id)', 'https://a`id`', 'https://a b', 'javascript:alert(1)', 'https://a\nid', ''])(
  '[PG17] an address like %j is not put into the command',
  (origin) => {
    expect(joinCommand(origin, KEY)).toBe('manyhands join ADDRESS-OF-THIS-PAGE');
  },
);

test('[PG17] neither is a key that is none', () => {
  expect(joinCommand('https://grid.example.org', "k';id;'")).toBe('manyhands join ADDRESS-OF-THIS-PAGE');
});
