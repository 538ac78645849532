/** What a closed or refused connection means for the volunteer: in words, and whether and when to come back. */
import { CLOSE_CODES, type CloseCode, isFatalClose, retryAfterIn } from '@manyhands/protocol';
import type { LinkLoss } from '../ports/coordinator-link.ts';

/** How to go on after a fatal close. */
const REMEDIES: Partial<Record<number, string>> = {
  4001: 'Update the worker, or ask the operator to update the coordinator.',
  4002: 'Check that the data folder was not copied or changed by hand.',
  4003: 'One data folder serves one machine: stop the other worker, or give this one a folder of its own.',
  4004: 'Ask the operator of the project what happened.',
};

export function lossOfClose(code: number, reason: string): LinkLoss {
  const known = code in CLOSE_CODES ? CLOSE_CODES[code as CloseCode] : null;
  const why = [known?.meaning ?? closedWithout(code), reason && `It said: ${reason}.`, REMEDIES[code]].filter(Boolean).join(' ');
  return { fatal: isFatalClose(code), reason: why, toldMs: retryAfterIn(reason) };
}

const closedWithout = (code: number): string =>
  code === 1006 ? 'The connection broke off.' : `The coordinator closed the connection (code ${code}).`;

/** This side found a reason not to talk. */
export const ownLoss = (fatal: boolean, reason: string): LinkLoss => ({ fatal, reason, toldMs: null });

export function lossOfStatus(status: number, toldMs: number | null): LinkLoss {
  const reason =
    status === 404
      ? 'There is no coordinator at this address (404).'
      : `The coordinator did not take the connection (HTTP ${status})${status === 429 || status === 503 ? ': it has too much to do' : ''}.`;
  return { fatal: false, reason, toldMs };
}
