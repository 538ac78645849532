/** The one WebSocket to the coordinator. It proves the host key and checks every frame; what passes is to be believed well-formed. */
import type { Upstream } from '@manyhands/protocol';
import type { SessionMessage } from '../domain/agent-event.ts';

export interface Welcomed {
  readonly host: string;
  readonly account: string;
  readonly heartbeatMs: number;
  readonly quota: number;
}

export interface LinkLoss {
  /** Coming back cannot help until somebody changes something. */
  readonly fatal: boolean;
  /** In words, for the volunteer. */
  readonly reason: string;
  /** When the coordinator wants this host back, milliseconds from now; null: it did not say. */
  readonly toldMs: number | null;
}

/** Per connection: `onWelcome` at most once, then messages, then `onLost` exactly once and nothing after it. */
export interface LinkListener {
  onWelcome(welcome: Welcomed): void;
  onMessage(message: SessionMessage): void;
  onLost(loss: LinkLoss): void;
}

export interface CoordinatorLink {
  /** Starts a connection; the one before must have been lost. */
  connect(listener: LinkListener): void;
  /** Does nothing when there is no open connection: what was not answered is said again on the next one. */
  send(message: Exclude<Upstream, { type: 'hello' }>): void;
  /** Says goodbye after what was sent has left; `onLost` follows. */
  disconnect(reason: string): void;
}
