/** Everything that can be asked of a unit. Times are the coordinator's clock, epoch milliseconds. */
import type { AccountId, Digest, ErrorKind, HostId, LeaseId, Payload } from '@manyhands/protocol';
import type { UnitRef } from './work-unit.ts';

export type UnitCommand = UnitRef &
  (
    | {
        readonly kind: 'issue-lease';
        readonly lease: LeaseId;
        readonly host: HostId;
        readonly account: AccountId;
        readonly deadlineAt: number;
      }
    /** `digest` is the SHA-256 of the output text, computed by the coordinator. */
    | {
        readonly kind: 'record-result';
        readonly lease: LeaseId;
        readonly host: HostId;
        readonly digest: Digest;
        readonly output: Payload;
        readonly elapsedMs: number;
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
    | { readonly kind: 'cancel' }
  );

export type CommandOf<K extends UnitCommand['kind']> = Extract<UnitCommand, { readonly kind: K }>;
