/**
 * Values that fit a zod schema, drawn from the schema itself, so that a message added to the protocol is fuzzed without another line here.
 * Knows the JSON Schema that the wire needs; anything else is refused when it is compiled, never generated wrongly.
 */
import type { Json } from '@manyhands/protocol';
import * as z from 'zod';
import type { Chance } from '../simulation/chance.ts';

export type Arbitrary = (chance: Chance) => Json;

interface Schema {
  readonly type?: string;
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export const arbitraryOf = (schema: z.ZodType): Arbitrary => fitting(schema, compile(z.toJSONSchema(schema) as Schema));

/** One for each member of a union, so that rare messages can be asked for as often as common ones. */
export function arbitrariesOf(schema: z.ZodType): readonly Arbitrary[] {
  const { oneOf } = z.toJSONSchema(schema) as Schema;
  if (oneOf === undefined) throw new Error('not a union');
  return oneOf.map((member) => fitting(schema, compile(member)));
}

/** JSON Schema cannot say that a payload's text is well formed (PR19). Where that is missing all text is made so. */
const fitting =
  (schema: z.ZodType, draw: Arbitrary): Arbitrary =>
  (chance) => {
    const value = draw(chance);
    return schema.safeParse(value).success ? value : wellFormed(value);
  };

const wellFormed = (value: Json): Json =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part)));

function compile(schema: Schema): Arbitrary {
  const { const: constant, enum: choices } = schema;
  const union = schema.oneOf ?? schema.anyOf;
  if (constant !== undefined) return () => constant;
  if (choices !== undefined) return (chance) => chance.pick(choices);
  if (union !== undefined) return oneOf(union.map(compile));
  switch (schema.type) {
    case 'object':
      return compileObject(schema);
    case 'array':
      return compileArray(schema);
    case 'string':
      return schema.pattern === undefined ? compileText(schema) : compilePattern(schema.pattern);
    case 'integer':
      return compileInteger(schema);
    case 'number':
      return compileNumber(schema);
    case 'boolean':
      return (chance) => chance.isTrue(0.5);
    case 'null':
      return () => null;
    default:
      throw new Error(`no values can be drawn for ${JSON.stringify(schema)}`);
  }
}

const oneOf =
  (members: readonly Arbitrary[]): Arbitrary =>
  (chance) =>
    chance.pick(members)(chance);

function compileObject({ properties = {}, required = [], additionalProperties }: Schema): Arbitrary {
  if (additionalProperties !== false) throw new Error('no values can be drawn for an object with keys that its schema does not name');
  const fields = Object.entries(properties).map(([key, schema]) => ({ key, isRequired: required.includes(key), draw: compile(schema) }));
  return (chance) => {
    const present = fields.filter(({ isRequired }) => isRequired || chance.isTrue(0.5));
    return Object.fromEntries(present.map(({ key, draw }) => [key, draw(chance)]));
  };
}

/** Short as a rule, sometimes as long as is allowed. */
const LONG_SHARE = 0.003;
const USUAL_LENGTH = 4;

function compileArray({ items = {}, minItems = 0, maxItems = 1_000 }: Schema): Arbitrary {
  const draw = compile(items);
  return (chance) => {
    const few = Array.from({ length: chance.int(minItems, Math.min(maxItems, USUAL_LENGTH)) }, () => draw(chance));
    // A long one repeats a few: it is its length that matters.
    if (!chance.isTrue(LONG_SHARE) || few.length === 0) return few;
    return Array.from({ length: maxItems }, (_, i) => few[i % few.length] as Json);
  };
}

/** What has broken parsers, pages, terminals and databases before. */
const FRAGMENTS = [
  'a',
  'Ada',
  '0',
  ' ',
  '',
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u202e',
  '\ufeff',
  '😀',
  '\ud800',
  '\udc00',
  '__proto__',
  '</script>',
  "'; --",
];

function compileText({ minLength = 0, maxLength = 1_000 }: Schema): Arbitrary {
  return (chance) => {
    const length = chance.isTrue(LONG_SHARE) ? maxLength : chance.int(minLength, Math.min(maxLength, 40));
    let text = '';
    while (text.length < length) text += chance.pick(FRAGMENTS) || 'x';
    return fitted(text, length);
  };
}

/** zod counts as JavaScript does, in UTF-16 units. */
const fitted = (text: string, length: number): string => text.slice(0, length);

/** Literal characters, classes of characters and counts: `^job_[A-Za-z0-9_-]{22}$`. */
function compilePattern(pattern: string): Arbitrary {
  const parts: { readonly characters: readonly string[]; readonly count: number }[] = [];
  const token = /\[([^\]]+)\](?:\{(\d+)\})?|([\w:])/gy;
  const body = pattern.slice(1, -1);
  for (let match = token.exec(body); match !== null; match = token.exec(body)) {
    const [, group, count, literal] = match;
    parts.push({ characters: [...(group === undefined ? (literal as string) : spelledOut(group))], count: Number(count ?? 1) });
    if (token.lastIndex === body.length) return (chance) => parts.map((part) => drawn(part.characters, part.count, chance)).join('');
  }
  throw new Error(`no text can be drawn for the pattern ${pattern}`);
}

function drawn(characters: readonly string[], count: number, chance: Chance): string {
  let text = '';
  for (let i = 0; i < count; i++) text += chance.pick(characters);
  return text;
}

const spelledOut = (group: string): string =>
  group.replaceAll(/(\w)-(\w)/g, (_, from: string, to: string) => {
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
    return String.fromCharCode(...Array.from({ length: last - first + 1 }, (__, i) => first + i));
  });

function compileInteger({ minimum, maximum = Number.MAX_SAFE_INTEGER, exclusiveMinimum }: Schema): Arbitrary {
  const least = minimum ?? (exclusiveMinimum === undefined ? Number.MIN_SAFE_INTEGER : exclusiveMinimum + 1);
  return (chance) => {
    const edge = chance.int(0, 9);
    if (edge === 0) return least;
    if (edge === 1) return maximum;
    return chance.int(least, Math.min(maximum, Math.max(least, 0) + 100));
  };
}

function compileNumber({ minimum = -1e308, maximum = 1e308 }: Schema): Arbitrary {
  return (chance) => {
    const edge = chance.int(0, 4);
    if (edge === 0) return minimum;
    if (edge === 1) return maximum;
    return Math.max(minimum, Math.min(maximum, chance.real() * 10));
  };
}
