import type { Upstream } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { orderFault, type Phase } from './frame-order.ts';

const TYPES: Upstream['type'][] = ['hello', 'reconcile', 'request-work', 'submit', 'renew', 'release', 'progress'];

test.each<[Phase, Upstream['type'][]]>([
  ['challenged', ['hello']],
  ['opening', []],
  ['reconciling', ['reconcile']],
  ['open', ['request-work', 'submit', 'renew', 'release', 'progress']],
])('[GW5] in phase %s only %j are in order', (phase, allowed) => {
  expect(TYPES.filter((type) => orderFault(phase, type) === null)).toEqual(allowed);
});
