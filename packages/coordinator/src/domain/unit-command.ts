/** Everything that can be asked of a unit. Times are the coordinator's clock, epoch milliseconds. */
import type { AccountId, Digest, ErrorKind, HostId, LeaseId, Payload } from '@manyhands/protocol';
import type { Comparison } from './agreement.ts';
import type { UnitRef } from './work-unit.ts';

/** Who is given a replica, under which lease, and until when. */
export interface LeaseTerms {
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly account: AccountId;
  readonly deadlineAt: number;
  /** See Holder. */
  readonly speed?: number;
  readonly engine?: string;
}

export type UnitCommand = UnitRef &
  (
    | ({ readonly kind: 'issue-lease' } & LeaseTerms)
    /** `digest` is the SHA-256 of the output text, computed by the coordinator. */
    | {
        readonly kind: 'record-result';
        readonly lease: LeaseId;
        readonly host: HostId;
        readonly digest: Digest;
        readonly output: Payload;
        readonly elapsedMs: number;
        /** Uniform in [0, 1): whether this answer is audited. Absent: it is not. */
        readonly draw?: number;
      }
    | {
        readonly kind: 'record-error';
        readonly lease: LeaseId;
        readonly host: HostId;
        readonly error: ErrorKind;
        readonly message: string;
        readonly elapsedMs: number;
      }
    | { readonly kind: 'renew-lease'; readonly lease: LeaseId; readonly host: HostId; readonly deadlineAt: number }
    | { readonly kind: 'release-lease'; readonly lease: LeaseId; readonly host: HostId }
    /** Every lease whose deadline has passed at `now`. */
    | { readonly kind: 'expire-leases' }
    /** The answer of a proof check of the result of replica `no`. */
    | { readonly kind: 'judge-result'; readonly no: number; readonly verdict: 'valid' | 'invalid' }
    /** That check could not be made, however often it was tried. */
    | { readonly kind: 'fail-check'; readonly no: number; readonly message: string }
    /** What the author's comparison said of pairs of answers. */
    | { readonly kind: 'record-comparisons'; readonly comparisons: readonly Comparison[] }
    /** They could not be compared. */
    | { readonly kind: 'fail-comparison'; readonly message: string }
    /** A replica of a final unit for a host that is to be checked: on the wire a lease like any other (I21). */
    | ({ readonly kind: 'issue-canary' } & LeaseTerms)
    /** The digest of what the coordinator's own runner computed: ground truth. */
    | {
        readonly kind: 'record-truth';
        readonly digest: Digest;
        /** Where agreement is more than equal digests: of it with the answers there are. */
        readonly comparisons?: readonly Comparison[];
      }
    /** The referee could not compute it. */
    | { readonly kind: 'fail-referee'; readonly message: string }
    /** One more replica for an answer that rests on too few; or, where nobody is there to take it, the referee. */
    | { readonly kind: 'audit'; readonly by?: 'referee' }
    /** The job is audited: an answer whose odds suffice by now is final. */
    | { readonly kind: 'confirm' }
    /** This host was convicted: its word counts no more, here neither. */
    | { readonly kind: 'strike'; readonly host: HostId }
    /** What a host of it is worth has changed: its answers are weighed again. */
    | { readonly kind: 'review' }
    /** One more replica beside one that is slow to come back. */
    | { readonly kind: 'duplicate' }
    /** A final answer is taken back if it rests on the word of convicted hosts alone (I19). */
    | { readonly kind: 'retract' }
    | { readonly kind: 'cancel' }
  );

export type CommandOf<K extends UnitCommand['kind']> = Extract<UnitCommand, { readonly kind: K }>;
