/** What a unit's author gets: a failure is a value with its reason, not an exception. */
import type { ResultRow } from '@manyhands/protocol';

interface EndedUnit<Input> {
  /** The position of the input in its job, from 0. */
  readonly index: number;
  /** As it was sent. */
  readonly input: Input;
  /** Whose results agreed on the output; names only where given. */
  readonly verifiedBy: ResultRow['verifiedBy'];
  /** How often the unit was computed or tried. */
  readonly replicas: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
  /** Pass it as `after` to go on behind this result. */
  readonly cursor: string;
  /** Present when an earlier result of this unit was taken back, because ground truth spoke against it: drop that one for this. */
  readonly corrects?: ResultRow['corrects'];
}

export interface BelievedResult<Input, Output> extends EndedUnit<Input> {
  readonly status: 'ok';
  readonly output: Output;
}
export interface FailedResult<Input> extends EndedUnit<Input> {
  readonly status: 'failed';
  readonly output?: undefined;
  readonly error: NonNullable<ResultRow['error']>;
}
export interface CancelledResult<Input> extends EndedUnit<Input> {
  readonly status: 'cancelled';
  readonly output?: undefined;
}
export type UnitResult<Input, Output> = BelievedResult<Input, Output> | FailedResult<Input> | CancelledResult<Input>;

/** `values` (default): every unit gives a UnitResult. `throw`: the first that is not `ok` throws SdkError `unit-failed`. */
export type Failures = 'values' | 'throw';
export type ResultOf<Input, Output, F extends Failures> = F extends 'throw' ? BelievedResult<Input, Output> : UnitResult<Input, Output>;
