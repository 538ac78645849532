/** Tells the log what the volunteer may want to know later: connections, refusals, ends. Not every unit. */
import type { AgentEvent } from '../domain/agent-event.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { Log } from '../ports/log.ts';

type Said = Extract<AgentEvent, { kind: 'said' }>['message'];

export function narrate(log: Log, event: AgentEvent, after: AgentState): void {
  switch (event.kind) {
    case 'started':
      log.info({ leases: event.leases.length, results: event.results.length }, 'started with what the journal kept');
      break;
    case 'lost':
      if (after.link.kind === 'offline') log.warn({ reason: event.reason, retryAt: after.link.retryAt }, 'no connection');
      break;
    case 'said':
      narrateMessage(log, event.message);
      break;
    case 'pause':
    case 'resume':
    case 'finish':
    case 'stop':
      log.info({}, `told to ${event.kind}`);
      break;
    default:
  }
}

function narrateMessage(log: Log, message: Said): void {
  if (message.type === 'revoke') log.info({ leases: message.leases.length, reason: message.reason }, 'units revoked');
  else if (message.type === 'drain') log.info({ retryAfterMs: message.retryAfterMs }, 'the coordinator is about to restart');
  else if (message.type === 'recorded') {
    for (const { lease, outcome, reason } of message.results) {
      if (outcome !== 'recorded') log.warn({ lease, outcome, reason }, 'a result came to nothing');
    }
  }
}
