import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { downstreamSchema } from './downstream.ts';
import { upstreamSchema } from './upstream.ts';
import { negotiateVersion, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from './version.ts';

/**
 * When this fails, a message has changed. If workers of the version before can still be understood, raise PROTOCOL_VERSION,
 * add its line to the history in version.ts, and pin the new hash here. Before the first release the hash alone may change.
 */
test('[PR2] the wire and its version change together', () => {
  const wire = canonicalJson({ up: z.toJSONSchema(upstreamSchema) as Json, down: z.toJSONSchema(downstreamSchema) as Json });
  const hash = createHash('sha256').update(wire).digest('hex').slice(0, 16);
  expect({ version: PROTOCOL_VERSION, hash }).toEqual({ version: 1, hash: 'c2deda1d037cb924' });
});

test.each([
  ['the same', { oldest: PROTOCOL_VERSION, newest: PROTOCOL_VERSION }, PROTOCOL_VERSION],
  ['newer, that knows ours', { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION + 5 }, PROTOCOL_VERSION],
  ['newer, that no longer does', { oldest: PROTOCOL_VERSION + 1, newest: PROTOCOL_VERSION + 5 }, null],
  ['older than all we know', { oldest: 0, newest: OLDEST_PROTOCOL_VERSION - 1 }, null],
  ['one that makes no sense', { oldest: PROTOCOL_VERSION + 1, newest: PROTOCOL_VERSION }, null],
] as const)('[PR3] with %s, the version spoken', (_, theirs, version) => {
  expect(negotiateVersion(theirs)).toBe(version);
});
