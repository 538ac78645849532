/** What a coordinator that has stopped left in its folder about one job: its books, to be looked through as a whole. */

import type { HostId, JobId } from '@manyhands/protocol';
import { freshIndex } from '../packages/coordinator/src/domain/fresh-order.ts';
import type { Snapshot } from '../packages/coordinator/src/domain/invariants.ts';
import { ENGINE_LIMITS } from '../packages/coordinator/src/engine/engine-limits.ts';
import { openSqliteStore } from '../packages/coordinator/src/store/sqlite/sqlite-store.ts';

export interface Books extends Required<Snapshot> {
  /** What each host that was given work goes by. */
  readonly names: ReadonlyMap<HostId, string>;
}

export async function readBooks(folder: string, id: JobId): Promise<Books> {
  await using store = await openSqliteStore(folder);
  const job = await store.loadJob(id);
  if (job === null) throw new Error(`${folder} holds no job ${id}`);
  const { nextFresh, order } = job;
  const refs = Array.from({ length: nextFresh }, (_, at) => ({ job: id, index: order === undefined ? at : freshIndex(order, at) }));
  const ended = await store.results(id, 0, job.unitCount);
  const standings = await store.loadStandings(job.task);
  const hosts = await Promise.all(standings.map(({ host }) => store.loadHost(host)));
  return {
    jobs: [job],
    units: [...(await store.loadUnits(refs)).values()],
    results: (await Promise.all(refs.map((ref) => store.evidence(ref)))).flat(),
    postings: (await Promise.all(refs.map((ref) => store.postings(ref)))).flat(),
    // Which replica is canonical is not told by a row; no invariant asks for it.
    endings: ended.map(({ index, status, endedAt }) => ({
      job: id,
      index,
      state: status === 'ok' ? 'final' : status,
      no: null,
      at: endedAt,
    })),
    standings,
    tallies: await store.loadTallies(id),
    maxReplicas: ENGINE_LIMITS.maxReplicas,
    maxErrors: ENGINE_LIMITS.maxErrors,
    names: new Map(hosts.flatMap((host) => (host === null ? [] : [[host.id, host.displayName ?? host.id]]))),
  };
}
