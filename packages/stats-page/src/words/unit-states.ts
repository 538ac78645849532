/** The states of units as readers meet them, in the order in which bars and legends show them. */
import type { UnitCounts } from '@manyhands/protocol';

export type UnitState = Exclude<keyof UnitCounts, 'total'>;

export const UNIT_STATES: readonly { readonly state: UnitState; readonly label: string; readonly meaning: string }[] = [
  { state: 'final', label: 'Verified', meaning: 'the answer was checked and is believed' },
  {
    state: 'provisional',
    label: 'Answered',
    meaning: 'answered and believed for now; some of these are checked again before the job ends',
  },
  { state: 'verifying', label: 'In verification', meaning: 'some results are in, not yet enough to believe one' },
  { state: 'running', label: 'Running', meaning: 'at work on a volunteer’s machine' },
  { state: 'waiting', label: 'Waiting', meaning: 'nobody works on it yet' },
  { state: 'failed', label: 'Failed', meaning: 'given up after too many errors or disagreements' },
  { state: 'cancelled', label: 'Cancelled', meaning: 'withdrawn by the author' },
];

export const labelOf = (state: UnitState): string => UNIT_STATES.find((known) => known.state === state)?.label ?? state;
