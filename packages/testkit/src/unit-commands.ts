/** Commands to a unit of one job, spelled by small numbers: host 3 belongs to account 3 unless said otherwise. */
import type { ErrorKind, LeaseId } from '@manyhands/protocol';
import { accountId, digestOf, hostId, jobId, leaseId } from './ids.ts';

export interface CommandOptions {
  readonly job?: number;
  readonly index?: number;
  readonly account?: number;
  readonly deadlineAt?: number;
}

const ref = ({ job = 1, index = 0 }: CommandOptions) => ({ job: jobId(job), index });
const by = (host: number, lease: number) => ({ host: hostId(host), lease: leaseId(lease) as LeaseId });

/** Host `host` gets lease `lease` (by default of the same number). */
export const issue = (host: number, lease = host, options: CommandOptions = {}) => ({
  kind: 'issue-lease' as const,
  ...ref(options),
  ...by(host, lease),
  account: accountId(options.account ?? host),
  deadlineAt: options.deadlineAt ?? 1_000_000,
});

export const result = (host: number, output: string, lease = host, options: CommandOptions = {}) => ({
  kind: 'record-result' as const,
  ...ref(options),
  ...by(host, lease),
  digest: digestOf(output),
  output,
  elapsedMs: 7,
});

export const failure = (host: number, error: ErrorKind = 'thrown', message = `${error} on host ${host}`, lease = host) => ({
  kind: 'record-error' as const,
  ...ref({}),
  ...by(host, lease),
  error,
  message,
  elapsedMs: 7,
});

export const renewal = (host: number, deadlineAt: number, lease = host) => ({
  kind: 'renew-lease' as const,
  ...ref({}),
  ...by(host, lease),
  deadlineAt,
});

export const release = (host: number, lease = host) => ({ kind: 'release-lease' as const, ...ref({}), ...by(host, lease) });
export const expiry = () => ({ kind: 'expire-leases' as const, ...ref({}) });
export const judgement = (no: number, verdict: 'valid' | 'invalid') => ({ kind: 'judge-result' as const, ...ref({}), no, verdict });
export const brokenCheck = (no: number, message: string) => ({ kind: 'fail-check' as const, ...ref({}), no, message });
export const cancellation = () => ({ kind: 'cancel' as const, ...ref({}) });
export const canary = (host: number, lease = host, options: CommandOptions = {}) => ({
  ...issue(host, lease, options),
  kind: 'issue-canary' as const,
});
export const truth = (output: string, options: CommandOptions = {}) => ({
  kind: 'record-truth' as const,
  ...ref(options),
  digest: digestOf(output),
});
/** `['a', 'b', true]`: the answers a and b agree. */
type Compared = readonly (readonly [one: string, other: string, agree: boolean])[];
const toComparisons = (pairs: Compared) => pairs.map(([one, other, agree]) => [digestOf(one), digestOf(other), agree] as const);
export const comparisons = (...pairs: Compared) => ({ kind: 'record-comparisons' as const, ...ref({}), comparisons: toComparisons(pairs) });
export const comparedTruth = (output: string, ...pairs: Compared) => ({ ...truth(output), comparisons: toComparisons(pairs) });
export const brokenComparison = (message = 'it threw') => ({ kind: 'fail-comparison' as const, ...ref({}), message });
export const brokenReferee = (message = 'the referee failed') => ({ kind: 'fail-referee' as const, ...ref({}), message });
export const audit = (by?: 'referee') => ({ kind: 'audit' as const, ...ref({}), ...(by !== undefined && { by }) });
export const confirmation = () => ({ kind: 'confirm' as const, ...ref({}) });
export const review = () => ({ kind: 'review' as const, ...ref({}) });
export const strike = (host: number) => ({ kind: 'strike' as const, ...ref({}), host: hostId(host) });
export const retraction = () => ({ kind: 'retract' as const, ...ref({}) });
export const duplication = () => ({ kind: 'duplicate' as const, ...ref({}) });
