/** What a decision on a unit may know of the hosts behind its answers, from standings and tallies. */
import type { HostId } from '@manyhands/protocol';
import type { Job } from './job.ts';
import { auditShare, liarOdds } from './odds.ts';
import { ENTRANCE_CHECKS, isEstablished, type Standing } from './standing.ts';
import type { Census, Tally } from './tally.ts';
import { NO_TRUST, type TrustView } from './transition.ts';

export interface HostBook {
  readonly census: Census;
  standingOf(host: HostId): Standing | undefined;
  tallyOf(host: HostId): Tally | undefined;
}

/** Units whose answer is beyond doubt that a job should have before newcomers are checked on others' work: so many the referee makes. */
const CANARIES_WANTED = 8;
/** Of a small job, at most one in so many. */
const UNITS_PER_CANARY = 20;
/** At what newcomers alone speak against the referee looks as long as it was asked about no more units than these, and this share of the job. */
const LOOKS = 16;
const SHARE_LOOKED_AT = 0.01;

/** `counts` and the hosts as decided so far: read when asked, not when made. */
export function viewTrust({ verify, unitCount }: Pick<Job, 'verify' | 'unitCount'>, counts: Job['counts'], book: HostBook): TrustView {
  if (verify.kind !== 'confidence') return NO_TRUST;
  const wanted = Math.min(CANARIES_WANTED, Math.max(ENTRANCE_CHECKS, Math.ceil(unitCount / UNITS_PER_CANARY)));
  return {
    checksOf(host) {
      const standing = book.standingOf(host);
      return standing !== undefined && isEstablished(standing) ? (book.tallyOf(host)?.checks ?? 0) : null;
    },
    hasStill: (host, checks) => (book.tallyOf(host)?.checks ?? 0) >= checks,
    get phi() {
      return liarOdds(book.census);
    },
    auditShare: (members) => auditShare(liarOdds(book.census), verify.wrongIn, unitCount / Math.max(1, book.census.seen), members),
    get lacksCanaries() {
      return counts.final < wanted && counts.refereed < wanted;
    },
    get mayLookAgain() {
      return counts.refereed < LOOKS + unitCount * SHARE_LOOKED_AT;
    },
  };
}
