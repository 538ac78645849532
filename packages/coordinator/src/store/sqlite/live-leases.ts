/**
 * Live leases by host, for hosts that come back (I31). Derived: rebuilt at start from the units that have one, then kept in step with
 * each commit. In memory because a second index on disk would cost a third of every lease (ADR 5); its size is bounded by the quotas.
 */
import type { HostId, LeaseRef, UnitId } from '@manyhands/protocol';
import { unitIdOf } from '@manyhands/protocol';
import type { WorkUnit } from '../../domain/work-unit.ts';

export type LiveLease = LeaseRef & { host: HostId; deadlineAt: number };

export class LiveLeases {
  readonly #byHost = new Map<HostId, Map<UnitId, LiveLease>>();

  /** Must see every committed unit. */
  follow(units: readonly WorkUnit[]): void {
    for (const unit of units) {
      const id = unitIdOf(unit.job, unit.index);
      for (const replica of unit.replicas) {
        if (replica.kind === 'ready') continue;
        if (replica.kind === 'leased') {
          const { host, lease, deadlineAt } = replica;
          this.#leasesOf(host).set(id, { job: unit.job, index: unit.index, lease, host, deadlineAt });
        } else this.#end(replica.host, id);
      }
    }
  }

  all(): LiveLease[] {
    return [...this.#byHost.values()].flatMap((leases) => [...leases.values()]);
  }

  of(host: HostId): LiveLease[] {
    return [...(this.#byHost.get(host)?.values() ?? [])];
  }

  #leasesOf(host: HostId): Map<UnitId, LiveLease> {
    const leases = this.#byHost.get(host) ?? new Map<UnitId, LiveLease>();
    this.#byHost.set(host, leases);
    return leases;
  }

  #end(host: HostId, unit: UnitId): void {
    const leases = this.#byHost.get(host);
    if (leases?.delete(unit) && leases.size === 0) this.#byHost.delete(host);
  }
}
