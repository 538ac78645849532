import type { Upstream } from '@manyhands/protocol';
import type { WorkClass } from '../domain/load-shedding.ts';

/** What brings results, frees leases or settles who holds what counts as a result; to wish for nothing is no request. */
export function workClassOf(message: Upstream): WorkClass {
  switch (message.type) {
    case 'hello':
      return 'hello';
    case 'request-work':
      return message.replicas > 0 ? 'work-request' : 'result';
    case 'renew':
    case 'progress':
      return 'heartbeat';
    default:
      return 'result';
  }
}
