import { expect, test } from 'vitest';
import { withPhaseMove } from './unit-counts.ts';
import type { WorkUnit } from './work-unit.ts';

const unit = (replicas: readonly { readonly kind: string }[]): WorkUnit =>
  ({ revision: 0, state: { kind: 'open' }, replicas }) as unknown as WorkUnit;

test('a unit that nobody was ever given counts nowhere, before or after', () => {
  const [untouched, leased] = [unit([{ kind: 'ready' }]), unit([{ kind: 'leased' }])];
  expect(withPhaseMove({}, untouched, leased)).toEqual({ running: 1 });
  expect(withPhaseMove({}, leased, untouched)).toEqual({ running: -1 });
});
