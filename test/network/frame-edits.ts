/**
 * Frames one edit away from the protocol. An edit is made where chance puts it, anywhere in the message; what it breaks is known by its kind,
 * so that what the product's own parser says can be held against something that is not itself.
 */
import { type Json, LIMITS } from '@manyhands/protocol';
import type { Chance } from '../simulation/chance.ts';

export interface Edited {
  readonly kind: string;
  readonly text: string;
  /** What must become of it; `either` where it depends on the place. */
  readonly expected: 'refused' | 'either';
}

type Node = { [key: string]: Json } | Json[];
type Edit = (message: Json, chance: Chance) => Omit<Edited, 'kind'>;

const refused = (value: Json): Omit<Edited, 'kind'> => ({ text: JSON.stringify(value), expected: 'refused' });
const either = (value: Json): Omit<Edited, 'kind'> => ({ text: JSON.stringify(value), expected: 'either' });

function nodesIn(value: Json): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(nodesIn)];
}

/** An object somewhere in the message; the message itself is always one. */
const objectIn = (message: Json, chance: Chance) =>
  chance.pick(nodesIn(message).filter((node): node is { [key: string]: Json } => !Array.isArray(node)));

const keyOf = (object: object, chance: Chance): string => chance.pick(Object.keys(object));

/** A value that stands somewhere in the message is replaced. */
function replaced(message: Json, chance: Chance, replace: (old: Json) => Json): Json {
  const object = objectIn(message, chance);
  const key = keyOf(object, chance);
  object[key] = replace(object[key] as Json);
  return message;
}

/** Right in no place: the wire has no empty object, no list of lists, and no number that is no safe integer but for times and fractions. */
const OF_NO_TYPE: readonly Json[] = [{}, [[]], { a: 1 }, [null], [true]];
const NUMBERS = ['1e999', '-1e999', '9007199254740993', '-9007199254740993', '1e308', '-0', '0.5', '-1', `${'9'.repeat(400)}`];
const SURROGATES: readonly Json[] = ['\ud800', 'a\udfff', '\udc00\ud800'];
export const PROTOTYPE_KEYS = ['__proto__', 'constructor', '\\u005f_proto__', '__pro\\u0074o__', 'c\\u006fnstructor', 'prototype'];

const EDITS: Readonly<Record<string, Edit>> = {
  'a key dropped': (message, chance) => {
    const object = objectIn(message, chance);
    delete object[keyOf(object, chance)];
    return either(message);
  },
  'a key added': (message, chance) => {
    objectIn(message, chance)[chance.pick(['extra', 'Type', '', '0', 'toString', 'then'])] = chance.int(0, 9);
    return refused(message);
  },
  'a key renamed': (message, chance) => {
    const object = objectIn(message, chance);
    const key = keyOf(object, chance);
    object[`${key}_`] = object[key] as Json;
    delete object[key];
    return refused(message);
  },
  'a value of no type': (message, chance) => refused(replaced(message, chance, () => chance.pick(OF_NO_TYPE))),
  'a value of another type': (message, chance) =>
    either(replaced(message, chance, (old) => (typeof old === 'string' ? old.length : String(old)))),
  'a value that is null': (message, chance) => either(replaced(message, chance, () => null)),
  'an empty value': (message, chance) =>
    either(replaced(message, chance, (old) => (typeof old === 'string' ? '' : Array.isArray(old) ? [] : 0))),
  'half a surrogate pair': (message, chance) => either(replaced(message, chance, () => chance.pick(SURROGATES))),
  'a number out of range': (message, chance) => {
    const mark = 'the number stands here';
    const text = JSON.stringify(replaced(message, chance, () => mark));
    return { text: text.replace(JSON.stringify(mark), chance.pick(NUMBERS)), expected: 'either' };
  },
  'a long text': (message, chance) => either(replaced(message, chance, () => 'x'.repeat(LIMITS.inlinePayloadBytes + 1))),
  'a list too long': (message, chance) => {
    const list = nodesIn(message).find((node): node is Json[] => Array.isArray(node) && node.length > 0);
    if (list === undefined) return { text: '[]', expected: 'refused' };
    const [first] = list;
    list.length = 0;
    for (let i = 0; i <= LIMITS.leasesPerFrame; i++) list.push(first as Json);
    return either(chance.isTrue(0.5) ? message : [message]);
  },
  'a key twice': (message, chance) => {
    const text = JSON.stringify(message);
    return { text: `{"type":${chance.pick(['"renew"', 'null', '{}'])},${text.slice(1)}`, expected: 'either' };
  },
  'a key that reaches for a prototype': (message, chance) => {
    const mark = 'the key stands here';
    objectIn(message, chance)[mark] = chance.pick<Json>([{ polluted: true }, null, [], { prototype: { polluted: true } }]);
    return { text: JSON.stringify(message).replace(mark, chance.pick(PROTOTYPE_KEYS)), expected: 'refused' };
  },
  'nested too deep': (message, chance) => {
    const depth = LIMITS.frameDepth + chance.int(0, 3);
    return { text: `${'['.repeat(depth)}${JSON.stringify(message)}${']'.repeat(depth)}`, expected: 'refused' };
  },
  'wrapped in a list': (message) => refused([message]),
  'too large': (message, chance) => ({
    text: `${JSON.stringify(message)}${' '.repeat(LIMITS.frameBytes + chance.int(0, 9))}`,
    expected: 'refused',
  }),
};

const KINDS = Object.keys(EDITS);

/** `message` is used up. */
export function edited(message: Json, chance: Chance): Edited {
  const kind = chance.pick(KINDS);
  return { kind, ...(EDITS[kind] as Edit)(message, chance) };
}

const PIECES = ['{', '}', '[', ']', '"', ':', ',', '\\', '\\u', '-', '1e', 'null', 'true', '{"type":"submit"', '\u0000', ' '];

/** A character or a few removed, replaced or put in. */
export function mutated(text: string, chance: Chance): Edited {
  let next = text;
  for (let n = chance.int(1, 4); n > 0; n--) {
    const at = chance.int(0, next.length);
    next = next.slice(0, at) + (chance.isTrue(0.6) ? chance.pick(PIECES) : '') + next.slice(at + chance.int(0, 3));
  }
  return { kind: 'mutated text', text: next, expected: 'either' };
}

/** Never JSON of the protocol, by the first byte. */
export function rawBytes(chance: Chance): Buffer {
  return Buffer.from(Array.from({ length: chance.int(1, 60) }, (_, i) => (i === 0 ? chance.int(128, 255) : chance.int(0, 255))));
}
