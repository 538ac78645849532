/**
 * BOINC's adaptive replication: a host with at least ten consecutive valid results decides fresh units alone, but for a share 1/CV of its
 * requests; all others get replicas, and two must agree. CV counts verified results only and starts anew at an invalid one or a timeout.
 * After sched/sched_send.cpp (`set_trust`) and sched/validator.cpp.
 */
import { Column } from '../world/column.ts';
import type { SchemeMaker } from '../world/scheme.ts';
import { Voting } from './voting.ts';

const QUORUM = 2;
const TRUSTED_FROM = 10;

export const adaptiveReplication: SchemeMaker = (job, book) => {
  const consecutiveValid = new Column(job.hosts);
  const reset = (host: number): void => consecutiveValid.set(host, 0);
  const voting = new Voting(job, book, {
    quorumFor(host, draw) {
      const valid = consecutiveValid.get(host);
      return valid >= TRUSTED_FROM && draw() > 1 / valid ? 1 : QUORUM;
    },
    won: (host) => void consecutiveValid.add(host, 1),
    lost: reset,
    timedOut: reset,
  });
  // Its public pages show the number for every host.
  return Object.assign(voting, { standing: (host: number) => consecutiveValid.get(host) });
};
