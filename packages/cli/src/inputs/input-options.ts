/** Where `publish` takes a job's inputs from: one of the flags, or nowhere. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { decodeValue, type Value } from '@manyhands/protocol';
import { type Inputs, indices, ranges } from '@manyhands/task-sdk';
import { CliError } from '../failure.ts';
import { wholeNumber } from './whole-number.ts';

export interface InputOptions {
  /** JSON texts. */
  readonly input?: string[] | undefined;
  /** A file of one JSON value a line; `-` is standard input. */
  readonly inputs?: string | undefined;
  /** FROM:TO:STEP */
  readonly range?: string | undefined;
  readonly count?: string | undefined;
}

/** null: no flag was given. Throws CliError. */
export function inputsOf(options: InputOptions, stdin: Readable): Inputs<unknown> | null {
  const given = (['input', 'inputs', 'range', 'count'] as const).filter((flag) => options[flag] !== undefined);
  if (given.length > 1)
    throw new CliError('usage', `Inputs can come from one place only, and ${given.map((flag) => `--${flag}`).join(' and ')} were given.`);
  if (options.input !== undefined) return options.input.map((text, i) => parsed(text, `--input ${i + 1}`));
  if (options.inputs !== undefined) return valuesOf(options.inputs, stdin);
  if (options.range !== undefined) return rangeOf(options.range);
  return options.count === undefined ? null : indices(wholeNumber(options.count, '--count'));
}

function rangeOf(text: string): Inputs<unknown> {
  const parts = text.split(':');
  if (parts.length !== 3) throw new CliError('usage', `--range ${text} is not FROM:TO:STEP, e.g. 0:1000000:1000.`);
  const [from, to, step] = parts.map((part) => wholeNumber(part, '--range'));
  return ranges(from as number, to as number, step as number);
}

function valuesOf(file: string, stdin: Readable): AsyncIterable<Value> {
  if (file === '-') return linesAsValues(stdin, 'standard input');
  if (!existsSync(file)) throw new CliError('data', `There is no file ${file} to read inputs from.`);
  return linesAsValues(createReadStream(file), file);
}

async function* linesAsValues(source: Readable, name: string): AsyncGenerator<Value, void, void> {
  let number = 0;
  for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line !== '') yield parsed(line, `Line ${number} of ${name}`);
  }
}

function parsed(text: string, where: string): Value {
  try {
    return decodeValue(text);
  } catch (error) {
    throw new CliError('data', `${where} is not a JSON value: ${(error as Error).message}`, error);
  }
}
