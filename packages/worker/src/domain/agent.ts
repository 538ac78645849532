/**
 * The daemon's state machine: `step(state, event) → { state, actions }`, pure and total.
 *
 * An event changes what is known (react.ts); then each rule below is asked once whether it wants to act on what is known now.
 * So nothing has to be remembered to be done: a rule that is not due yet sets the alarm (`nextWakeAt`), one that is due acts.
 *
 *   intent  working → finishing | stopping → ended
 *   link    offline → connecting → online (reconciled) → offline
 *   lease   preparing → queued → running → its result: keeping → (uploading →) ready → submitted → recorded
 */
import type { AgentEvent } from './agent-event.ts';
import type { AgentSettings, AgentState } from './agent-state.ts';
import { NEW_TEMPO } from './budget.ts';
import { askForWork, beat, breakSilence, reconnect, reportProgress, submitResults } from './link-rules.ts';
import { react } from './react.ts';
import { andThen, type Reaction, unchanged } from './reaction.ts';
import type { Rule } from './rule.ts';
import { end, endPause, giveBack, startRuns } from './work-rules.ts';

/** In the order in which they are asked. */
const RULES: readonly Rule[] = [
  endPause,
  reconnect,
  breakSilence,
  giveBack,
  startRuns,
  submitResults,
  beat,
  askForWork,
  reportProgress,
  end,
];

/** Holds nothing, knows nobody. Its first event is `started`. */
export const createAgent = (settings: AgentSettings): AgentState => ({
  settings,
  intent: { kind: 'working' },
  pause: null,
  link: { kind: 'offline', attempt: 0, retryAt: 0, reason: 'it has just started' },
  noWork: null,
  leases: new Map(),
  results: new Map(),
  tempo: NEW_TEMPO,
  tally: { accepted: 0, started: 0, finished: 0, errors: 0, recorded: 0, late: 0, refused: 0, dropped: 0 },
});

export function step(state: AgentState, event: AgentEvent): Reaction {
  if (state.intent.kind === 'ended') return unchanged(state);
  return RULES.reduce<Reaction>(
    (reaction, rule) => andThen(reaction, (next) => (isDue(rule, next, event.at) ? rule.act(next, event.at) : unchanged(next))),
    react(state, event),
  );
}

function isDue(rule: Rule, state: AgentState, at: number): boolean {
  if (state.intent.kind === 'ended') return false;
  const dueAt = rule.dueAt(state);
  return dueAt !== null && dueAt <= at;
}

/** When a `tick` is wanted, epoch milliseconds; null: only an event can change anything. */
export function nextWakeAt(state: AgentState): number | null {
  if (state.intent.kind === 'ended') return null;
  const alarms = RULES.map((rule) => rule.dueAt(state)).filter((at) => at !== null);
  return alarms.length === 0 ? null : Math.min(...alarms);
}
