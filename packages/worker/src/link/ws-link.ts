/** The WebSocket to the coordinator, one connection at a time. */
import type { Upstream } from '@manyhands/protocol';
import type { CoordinatorLink, LinkListener } from '../ports/coordinator-link.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { ownLoss } from './link-loss.ts';

export const createWsLink = (options: ConnectionOptions): CoordinatorLink => new WsLink(options);

class WsLink implements CoordinatorLink {
  readonly #options: ConnectionOptions;
  #connection: Connection | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  connect(listener: LinkListener): void {
    this.#connection = new Connection(this.#options, listener);
  }

  send(message: Exclude<Upstream, { type: 'hello' }>): void {
    this.#connection?.send(message);
  }

  disconnect(reason: string): void {
    this.#connection?.close(ownLoss(false, `Disconnected: ${reason}.`), 1000, reason);
  }
}
