/** How long hosts usually take in each job, from lease to result. Kept in memory only: it decides who is asked first, never what is believed. */
import type { HostId, JobId } from '@manyhands/protocol';
import type { PaceOf } from '../domain/stragglers.ts';

/** Weight of the newest. */
const NEWEST = 0.3;

export class Paces {
  readonly #byJob = new Map<JobId, Map<HostId, number>>();

  note(job: JobId, host: HostId, turnaroundMs: number): void {
    const paces = this.#byJob.get(job) ?? new Map<HostId, number>();
    this.#byJob.set(job, paces);
    const before = paces.get(host);
    paces.set(host, before === undefined ? turnaroundMs : before + NEWEST * (turnaroundMs - before));
  }

  of(job: JobId): PaceOf {
    const paces = this.#byJob.get(job);
    return (host) => paces?.get(host) ?? null;
  }

  forget(job: JobId): void {
    this.#byJob.delete(job);
  }
}
