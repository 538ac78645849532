/** An ended unit as authors read it. One place, so that every store tells it the same way. */
import { type AccountId, type Payload, type ResultRow, unitIdOf } from '@manyhands/protocol';
import type { WorkUnit } from '../domain/work-unit.ts';

export interface EndedUnit {
  readonly unit: WorkUnit;
  /** The ending's place in the job's order of endings. */
  readonly cursor: number;
  readonly input: Payload;
  /** null unless the unit is final. */
  readonly output: Payload | null;
}

export function toResultRow({ unit, cursor, input, output }: EndedUnit, nameOf: (account: AccountId) => string | null): ResultRow {
  const { state } = unit;
  if (state.kind === 'open' || state.kind === 'verifying' || state.kind === 'provisional')
    throw new Error(`unit ${unitIdOf(unit.job, unit.index)} is among the ended and is ${state.kind}`);
  return {
    cursor: String(cursor),
    index: unit.index,
    input,
    status: state.kind === 'final' ? 'ok' : state.kind === 'failed' ? 'failed' : 'cancelled',
    ...(output !== null && { output }),
    ...(state.kind === 'failed' && { error: { kind: state.reason, message: state.message } }),
    verifiedBy: unit.replicas.flatMap((replica) =>
      replica.kind === 'judged' && replica.valid ? [{ host: replica.host, account: replica.account, name: nameOf(replica.account) }] : [],
    ),
    replicas: unit.replicas.filter((replica) => replica.kind !== 'ready').length,
    endedAt: state.at,
    ...correctionOf(unit),
  };
}

/** The last answer that was taken back is the one a reader may have. */
function correctionOf({ retractions = [] }: WorkUnit): Pick<ResultRow, 'corrects'> {
  const last = retractions.at(-1);
  if (last === undefined) return {};
  const { reason, digest, finalAt, at } = last;
  return { corrects: { reason, digest, finalAt, at } };
}
