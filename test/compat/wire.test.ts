/** What each version of the wire says, recorded: volunteers do not update on the day their coordinator does, nor the other way round. */
import { existsSync, readFileSync } from 'node:fs';
import { downstreamSchema, negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, upstreamSchema } from '@manyhands/protocol';
import { expect, test } from 'vitest';

/** One message of each kind at least, as that version put them. Never edited: a new version gets a file of its own. */
interface Recording {
  readonly upstream: readonly unknown[];
  readonly downstream: readonly unknown[];
}

const fileOf = (version: number): URL => new URL(`./fixtures/wire-${version}.json`, import.meta.url);
const SPOKEN = Array.from({ length: PROTOCOL_VERSION - OLDEST_PROTOCOL_VERSION + 1 }, (_, i) => OLDEST_PROTOCOL_VERSION + i);

test('[PR18] the version before this one is still spoken, where there was one', () => {
  const before = Math.max(1, PROTOCOL_VERSION - 1);
  expect(negotiateVersion({ oldest: before, newest: before })).toBe(before);
});

test('[PR18] every version that is spoken is recorded', () => {
  expect(SPOKEN.filter((version) => !existsSync(fileOf(version)))).toEqual([]);
});

test.each(SPOKEN)('[PR18] what version %i says is understood by both sides', (version) => {
  const { upstream, downstream } = JSON.parse(readFileSync(fileOf(version), 'utf8')) as Recording;
  for (const message of upstream) expect(upstreamSchema.parse(message)).toEqual(message);
  for (const message of downstream) expect(downstreamSchema.parse(message)).toEqual(message);
  for (const [schema, messages] of [
    [upstreamSchema, upstream],
    [downstreamSchema, downstream],
  ] as const) {
    const kinds = new Set(messages.map((message) => (message as { type: string }).type));
    if (version === PROTOCOL_VERSION) expect([...kinds].sort()).toEqual(schema.options.map(({ shape }) => shape.type.value).sort());
  }
});
