import { digestOf } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { parsePayloadLine, toPayloadLine } from './payload-line.ts';

test('[WU26] a payload survives its line form, inline or as a blob', () => {
  for (const payload of ['{"a":1}', '"@text"', { blob: digestOf('x'), bytes: 70_000 }])
    expect(parsePayloadLine(toPayloadLine(payload))).toEqual(payload);
});

test('[WU26] a line that is no payload is told so', () => {
  for (const line of ['', '@nonsense', '@sha256:00 1']) expect(parsePayloadLine(line)).toBeNull();
});
