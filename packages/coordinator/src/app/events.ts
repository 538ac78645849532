/** One helper per business event: its log line. The name of the event is the message, so that it can be searched for. */
import type { Logger } from 'pino';
import type { Load, Strain } from '../domain/load-shedding.ts';
import type { HttpEvents } from '../http/http-events.ts';
import type { GatewayEvents } from '../ws/gateway-events.ts';

export interface AppEvents extends GatewayEvents, HttpEvents {
  started(facts: { url: string; projectKey: string; data: string; durability: string }): void;
  strainChanged(strain: Strain, load: Load): void;
  stopping(): void;
  stopped(): void;
  /** Time goes on from what was recorded already, a little slower, until the machine's clock has caught up. */
  clockBehind(behindMs: number): void;
}

export function createEvents(log: Logger): AppEvents {
  return {
    started: (facts) => log.info(facts, 'coordinator started'),
    strainChanged: (strain, load) => log.warn({ strain, ...load }, 'load shedding changed'),
    stopping: () => log.info('coordinator stopping'),
    stopped: () => log.info('coordinator stopped'),
    clockBehind: (behindMs) =>
      log.warn({ behindMs }, 'the clock of this machine is behind what was recorded; time goes on slower until it has caught up'),
    hostConnected: ({ host, account, cores, software }, address) => log.info({ host, account, cores, software, address }, 'host connected'),
    hostDisconnected: (host, address, code, reason) => log.info({ host, address, code, reason }, 'host disconnected'),
    connectionRefused: (address, status, reason, unlogged) => log.warn({ address, status, reason, unlogged }, 'connection refused'),
    sessionFailed: (host, error) => log.error({ host, err: error }, 'session failed'),
    taskPublished: (task, name, author) => log.info({ task, name, author }, 'task published'),
    taskRefused: (author, reason) => log.warn({ author, reason }, 'task refused'),
    jobCreated: (job, author) => log.info({ job, author }, 'job created'),
    jobCancelled: (job, by) => log.info({ job, by }, 'job cancelled'),
    authorAdded: (name) => log.info({ name }, 'author added'),
    authorRevoked: (name) => log.info({ name }, 'author revoked'),
  };
}
