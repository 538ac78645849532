/** What happened at the gateway, for the log. */
import type { HostId } from '@manyhands/protocol';
import type { HostIdentity } from '../engine/coordinator.ts';

export interface GatewayEvents {
  hostConnected(identity: HostIdentity, address: string): void;
  /** `host` is null when it never proved itself. `code` and `reason`: as closed by us, else as the other end closed. */
  hostDisconnected(host: HostId | null, address: string, code: number, reason: string): void;
  /** `unlogged`: so many more were refused since the last one that was told. */
  connectionRefused(address: string, status: number, reason: string, unlogged: number): void;
  /** The engine failed in a way it promised not to; the connection was closed with 1013. */
  sessionFailed(host: HostId | null, error: unknown): void;
}
