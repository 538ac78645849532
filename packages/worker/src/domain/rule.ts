import type { AgentState, OnlineLink } from './agent-state.ts';
import type { Reaction } from './reaction.ts';

/** Something the daemon does by itself as soon as its state allows it. */
export interface Rule {
  /** From when on it wants to act, epoch milliseconds; null: there is nothing to do. */
  dueAt(state: AgentState): number | null;
  /** Called when due. Afterwards it is due later, or never. */
  act(state: AgentState, at: number): Reaction;
}

export const atOnceIf = (condition: boolean): number | null => (condition ? 0 : null);

/** The connection, once both sides agree on what this host holds; null before. */
export const reconciledLink = ({ link }: AgentState): OnlineLink | null => (link.kind === 'online' && link.reconciled ? link : null);
