/** Texts made to cost much, to break a parser, or to reach a prototype. All are as large as a frame may be. */
import { downstreamSchema, type Json, LIMITS, parseFrame, upstreamSchema } from '@manyhands/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { ScriptedWorker } from '../../packages/coordinator/test/scripted-worker.ts';
import { Chance } from '../simulation/chance.ts';
import { PROTOTYPE_KEYS } from './frame-edits.ts';
import { NetworkCoordinator } from './network-coordinator.ts';
import { arbitrariesOf } from './schema-arbitrary.ts';
import { within } from './within.ts';

const PATIENCE_MS = 60_000;
/** How much longer the worst may take than an honest frame of the same size. */
const RATIO = 10;
const ROUNDS = 7;

/** `piece` again and again between `head` and `tail`, as often as a frame has room for. */
const filled = (head: string, piece: string, tail: string, separator = ','): string => {
  const count = Math.floor((LIMITS.frameBytes - head.length - tail.length) / (piece.length + separator.length));
  return head + Array<string>(count).fill(piece).join(separator) + tail;
};
const keyed = (head: string, tail: string): string => head + Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',') + tail;

const ref = `"lease":"lease_${'a'.repeat(22)}","job":"job_${'b'.repeat(22)}","index":1`;
const HONEST = `{"type":"submit","results":[${Array.from({ length: 1_000 }, () => `{${ref},"status":"ok","output":"${'x'.repeat(110)}","elapsedMs":1}`).join(',')}]}`;

const UP: Readonly<Record<string, string>> = {
  'nested without end': '['.repeat(LIMITS.frameBytes),
  'nested in objects': '{"a":'.repeat(LIMITS.frameBytes / 5),
  'a hundred thousand numbers': filled('{"type":"renew","leases":[', '1', ']}'),
  'numbers beyond all bounds': filled('{"type":"renew","leases":[', '1e999', ']}'),
  'empty objects': filled('{"type":"submit","results":[', '{}', ']}'),
  'almost results': filled('{"type":"submit","results":[', '{"status":"ok","output":{}}', ']}'),
  'twenty thousand keys': keyed('{"type":"renew",', '}'),
  'twenty thousand keys of a lease': keyed('{"type":"renew","leases":[{', '}]}'),
  'keys of every result': filled(
    '{"type":"submit","results":[',
    `{"status":"ok",${Array.from({ length: 20 }, (_, i) => `"k${i}":1`).join(',')}}`,
    ']}',
  ),
  'a thousand wrong leases': `{"type":"renew","leases":[${Array.from({ length: 1_000 }, () => `{${ref},"x":${'1'.repeat(150)}}`).join(',')}]}`,
  'a key as long as the frame': `{"type":"renew","${'k'.repeat(LIMITS.frameBytes - 30)}":1}`,
  'a number as long as the frame': `{"type":"request-work","replicas":${'9'.repeat(LIMITS.frameBytes - 40)}}`,
  'a text as long as the frame': JSON.stringify('x'.repeat(LIMITS.frameBytes - 2)),
  'nothing but quotes': '"'.repeat(LIMITS.frameBytes),
  'nothing but backslashes in a text': `"${'\\\\'.repeat(LIMITS.frameBytes / 2 - 2)}"`,
  'an unfinished text of escaped quotes': `"${'\\"'.repeat(LIMITS.frameBytes / 2 - 1)}`,
  'the word constructor and spaces': filled('[', `"constructor"${' '.repeat(40)}`, ']'),
  'halves of surrogate pairs': filled('{"type":"submit","results":[', '"\\ud800"', ']}'),
};
const DOWN: Readonly<Record<string, string>> = {
  'a list of what is no lease': filled('{"type":"reconciled","drop":[', '""', ']}'),
  'ends of nothing': filled('{"type":"renewed","leases":[],"ended":[', '1', ']}'),
  'records of nothing': filled('{"type":"recorded","results":[', '{}', ']}'),
  'renewals of nothing': filled('{"type":"renewed","leases":[', '{"a":1}', '],"ended":[]}'),
};

/** The shortest of several, milliseconds. */
function cost(schema: z.ZodType, text: string): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    parseFrame(schema, text);
    return performance.now() - startedAt;
  });
  return Math.min(...rounds);
}

test('[NW14] the worst text of a frame’s size costs little more than an honest frame of that size, and is refused', () => {
  expect(parseFrame(upstreamSchema, HONEST).ok).toBe(true);
  const honest = cost(upstreamSchema, HONEST);
  for (const [schema, bombs] of [
    [upstreamSchema, UP],
    [downstreamSchema, DOWN],
  ] as const)
    for (const [name, text] of Object.entries(bombs)) {
      expect(text.length, name).toBeLessThanOrEqual(LIMITS.frameBytes);
      expect(parseFrame(schema as z.ZodType, text).ok, name).toBe(false);
      expect(cost(schema, text) / honest, name).toBeLessThan(RATIO);
    }
});

/** What is measured, not counted. */
const REAL = new Set(['gflops', 'elapsedMs', 'fraction']);

type Slot = readonly [holder: Record<string, Json> | Json[], key: string];
const slotsIn = (value: Json): Slot[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, item]): Slot[] => [[value as Record<string, Json>, key], ...slotsIn(item as Json)]);
const objectsIn = (message: Json): Record<string, Json>[] => {
  const held = slotsIn(message).map(([holder, key]) => (holder as Record<string, Json>)[key]);
  return [message, ...held].filter(
    (value): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
};

describe.each([
  ['up', upstreamSchema],
  ['down', downstreamSchema],
] as const)('%s', (_, schema) => {
  const chance = new Chance(9);
  const messages = arbitrariesOf(schema).flatMap((draw) => Array.from({ length: 5 }, () => draw(chance)));

  test('[NW14] a key that reaches for a prototype is refused in every object of every message, and nothing is polluted', () => {
    for (const message of messages)
      for (const object of objectsIn(message))
        for (const key of PROTOTYPE_KEYS) {
          object['the key'] = { prototype: { polluted: true }, polluted: true };
          const text = JSON.stringify(message).replace('the key', key);
          expect(parseFrame(schema as z.ZodType, text).ok, text.slice(0, 200)).toBe(false);
          delete object['the key'];
        }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('[NW14] a number beyond what a number can say is refused wherever it stands', () => {
    for (const message of messages)
      for (const [holder, key] of slotsIn(message))
        for (const number of ['1e999', '-1e999', '9007199254740993']) {
          const held = holder as Record<string, Json>;
          const old = held[key] as Json;
          held[key] = 'the number';
          const text = JSON.stringify(message).replace('"the number"', number);
          held[key] = old;
          const frame = parseFrame(schema as z.ZodType, text);
          // A speed or a time may be as large as a number gets; nothing that is counted may.
          expect(frame.ok && (number.includes('e') || !REAL.has(key)), text.slice(0, 200)).toBe(false);
        }
  });
});

describe('at a real coordinator', () => {
  let coordinator: NetworkCoordinator;
  beforeAll(async () => {
    coordinator = await NetworkCoordinator.open();
  });
  afterAll(async () => {
    expect(await coordinator.close()).toEqual([]);
    await coordinator[Symbol.asyncDispose]();
  });

  test('[NW14] each ends the connection it came on, and no other', { timeout: PATIENCE_MS }, async () => {
    using honest = new PlayingWorker(coordinator.url);
    await honest.enter();
    for (const [name, text] of Object.entries(UP)) {
      using guest = new ScriptedWorker(coordinator.url);
      await within(guest.enter(), PATIENCE_MS, 'the welcome');
      guest.send(text);
      expect((await within(guest.closed, PATIENCE_MS, name)).code, name).toBe(1008);
    }
    honest.send({ type: 'renew', leases: [] });
    await within(honest.take('renewed'), PATIENCE_MS, 'an answer for the honest host');
  });
});
