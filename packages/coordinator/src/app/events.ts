/** One helper per business event: its log line. The name of the event is the message, so that it can be searched for. */
import type { Logger } from 'pino';
import type { HttpEvents } from '../http/http-events.ts';
import type { GatewayEvents } from '../ws/gateway-events.ts';

export interface AppEvents extends GatewayEvents, HttpEvents {
  started(facts: { url: string; projectKey: string; data: string; durability: string }): void;
  stopping(): void;
  stopped(): void;
}

export function createEvents(log: Logger): AppEvents {
  return {
    started: (facts) => log.info(facts, 'coordinator started'),
    stopping: () => log.info('coordinator stopping'),
    stopped: () => log.info('coordinator stopped'),
    hostConnected: ({ host, account, cores, software }, address) => log.info({ host, account, cores, software, address }, 'host connected'),
    hostDisconnected: (host, address, code, reason) => log.info({ host, address, code, reason }, 'host disconnected'),
    connectionRefused: (address, status, reason) => log.warn({ address, status, reason }, 'connection refused'),
    sessionFailed: (host, error) => log.error({ host, err: error }, 'session failed'),
    taskPublished: (task, name, author) => log.info({ task, name, author }, 'task published'),
    taskRefused: (author, reason) => log.warn({ author, reason }, 'task refused'),
    jobCreated: (job, author) => log.info({ job, author }, 'job created'),
    jobCancelled: (job, by) => log.info({ job, by }, 'job cancelled'),
    authorAdded: (name) => log.info({ name }, 'author added'),
    authorRevoked: (name) => log.info({ name }, 'author revoked'),
  };
}
