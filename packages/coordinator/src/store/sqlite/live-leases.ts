/**
 * Live leases by host, for hosts that come back (I31). Derived: rebuilt at start from the units that have one, then kept in step with
 * each commit; that needs no look at what was before, because a replica once held never leaves its unit and never changes hands (I10).
 * In memory because a second index on disk by host would cost a tenth of the throughput (ADR 5); its size is bounded by the hosts' quotas.
 */
import type { HostId, LeaseId, LeaseRef } from '@manyhands/protocol';
import type { WorkUnit } from '../../domain/work-unit.ts';

export type LiveLease = LeaseRef & { host: HostId; deadlineAt: number };

export class LiveLeases {
  readonly #byHost = new Map<HostId, Map<LeaseId, LiveLease>>();

  /** Must see every committed unit. */
  follow(units: readonly WorkUnit[]): void {
    for (const { job, index, replicas } of units)
      for (const replica of replicas) {
        if (replica.kind === 'ready') continue;
        const { host, lease } = replica;
        if (replica.kind === 'leased') this.#leasesOf(host).set(lease, { job, index, lease, host, deadlineAt: replica.deadlineAt });
        else this.#end(host, lease);
      }
  }

  all(): LiveLease[] {
    return [...this.#byHost.values()].flatMap((leases) => [...leases.values()]);
  }

  of(host: HostId): LiveLease[] {
    return [...(this.#byHost.get(host)?.values() ?? [])];
  }

  #leasesOf(host: HostId): Map<LeaseId, LiveLease> {
    const leases = this.#byHost.get(host) ?? new Map<LeaseId, LiveLease>();
    this.#byHost.set(host, leases);
    return leases;
  }

  #end(host: HostId, lease: LeaseId): void {
    const leases = this.#byHost.get(host);
    if (leases?.delete(lease) && leases.size === 0) this.#byHost.delete(host);
  }
}
