import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitModule, WasmRefusal } from './wasm-limits.ts';

const LIMITS = { memoryPages: 100, tableElements: 1_000 };
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
const moduleOf = (...sections: number[][]): Uint8Array<ArrayBuffer> => Uint8Array.from([...HEADER, ...sections.flat()]);
const limit = (module: Uint8Array): number[] => [...limitModule(module, LIMITS)];

test.each([
  ['without a maximum', [0, 3], [1, 3, 100]],
  ['with a smaller one', [1, 3, 50], [1, 3, 50]],
  ['with a larger one', [1, 3, 0x80, 0x20], [1, 3, 100]],
])('[SB13] a memory %s gets the limit', (_name, declared, rewritten) => {
  expect(limit(moduleOf(section(5, 1, ...declared)))).toEqual([...moduleOf(section(5, 1, ...rewritten))]);
});

test('[SB13] so does a table, and everything else stays as it was', () => {
  const types = section(1, 1, 0x60, 0, 0);
  const custom = section(0, 1, 65, 1, 2, 3);
  const module = moduleOf(types, section(4, 2, 0x70, 0, 1, 0x6f, 1, 1, 2), custom);
  expect(limit(module)).toEqual([...moduleOf(types, section(4, 2, 0x70, 1, 1, 0xe8, 0x07, 0x6f, 1, 1, 2), custom)]);
});

test.each([
  ['a shared memory', section(5, 1, 3, 1, 2), /shared or 64-bit/],
  ['a 64-bit memory', section(5, 1, 4, 1), /shared or 64-bit/],
  ['a shared memory import', section(2, 1, 1, 97, 1, 98, 2, 3, 1, 2), /shared or 64-bit/],
  ['a memory that starts too large', section(5, 1, 0, 0x80, 0x10), /starts with 2048 pages/],
  ['a table with an initializer', section(4, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b), /initializers/],
  ['an import of unknown kind', section(2, 1, 1, 97, 1, 98, 9), /unknown kind/],
  ['a section that hides something behind its contents', section(5, 1, 0, 1, 0), /longer/],
])('[SB13] %s is refused', (_name, bytes, message) => {
  expect(() => limit(moduleOf(bytes))).toThrow(message);
});

test('[SB13] imports of every kind are understood', () => {
  const imports = [0, 5, /**/ 1, 0x70, 0, 1, /**/ 2, 1, 1, 2, /**/ 3, 0x7f, 0, /**/ 4, 0, 0, /**/ 3, 0x63, 0x01, 1];
  const entries = [
    imports.slice(0, 2),
    imports.slice(2, 6),
    imports.slice(6, 10),
    imports.slice(10, 13),
    imports.slice(13, 16),
    imports.slice(16),
  ];
  const module = moduleOf(section(2, entries.length, ...entries.flatMap((entry) => [1, 97, 1, 98, ...entry])));
  expect(limit(module)).toEqual([...module]);
});

test('[SB13] no bytes at all get past it by any other way than a refusal', () => {
  const body = fc.array(fc.nat(255), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(1, 2, 4, 5, 10), body), { maxLength: 4 }), (sections) => {
      const module = moduleOf(...sections.map(([id, bytes]) => section(id, ...bytes)));
      let limited: Uint8Array<ArrayBuffer>;
      try {
        limited = limitModule(module, LIMITS);
      } catch (error) {
        expect(error).toBeInstanceOf(WasmRefusal);
        return;
      }
      // Whatever the engine took before, it takes afterwards, and limiting twice changes nothing more.
      if (validate(module)) expect(validate(limited)).toBe(true);
      expect(limitModule(limited, LIMITS)).toEqual(limited);
    }),
    { numRuns: 2_000 },
  );
});

const { validate } = (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array<ArrayBuffer>): boolean } }).WebAssembly;
