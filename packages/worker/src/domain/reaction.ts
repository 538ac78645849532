import type { AgentAction } from './agent-event.ts';
import type { AgentState, Tally } from './agent-state.ts';

export interface Reaction {
  readonly state: AgentState;
  readonly actions: readonly AgentAction[];
}

export const unchanged = (state: AgentState): Reaction => ({ state, actions: [] });

/** Goes on with what `next` makes of the state, after what was already to be done. */
export function andThen(reaction: Reaction, next: (state: AgentState) => Reaction): Reaction {
  const { state, actions } = next(reaction.state);
  return { state, actions: actions.length === 0 ? reaction.actions : [...reaction.actions, ...actions] };
}

export const counted = (state: AgentState, key: keyof Tally, by = 1): AgentState => ({
  ...state,
  tally: { ...state.tally, [key]: state.tally[key] + by },
});
