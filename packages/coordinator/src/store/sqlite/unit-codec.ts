/**
 * A unit as one row. The columns are what queries look for; the body is the rest, as a JSON array:
 * `[state, replica…]` with the state's own fields (`0`: none) and each replica as its number when ready, else
 * `[kind, no, lease, host number, account number, leasedAt, …own fields]`.
 */
import type { AccountId, Digest, ErrorKind, HostId, JobId, LeaseId } from '@manyhands/protocol';
import type { FailureReason, LossCause, Replica, UnitState, WorkUnit } from '../../domain/work-unit.ts';
import type { Parties } from './parties.ts';

export const PHASES = ['open', 'verifying', 'final', 'failed', 'cancelled'] as const satisfies readonly UnitState['kind'][];
export const phaseOf = (state: UnitState): number => PHASES.indexOf(state.kind);

/** A final unit's digest is that of a replica, so its number stands for it: text twice as long would cost a tenth of the database. */
type StateFields = 0 | [digest: Digest | number, at: number] | [reason: FailureReason, message: string, at: number] | [at: number];

type Held<Kind, Rest extends unknown[]> = [Kind, no: number, LeaseId, host: number, account: number, leasedAt: number, ...Rest];
type ReplicaFields =
  | number
  | Held<'leased', [deadlineAt: number]>
  | Held<'returned', [Digest, returnedAt: number]>
  | Held<'judged', [Digest, returnedAt: number, valid: 0 | 1]>
  | Held<'lost', [LossCause, ErrorKind | 0, late: Digest | 0]>;

export function encodeBody(unit: WorkUnit, parties: Parties): string {
  return JSON.stringify([encodeState(unit), ...unit.replicas.map((replica) => encodeReplica(replica, parties))]);
}

function encodeState({ state, replicas }: WorkUnit): StateFields {
  switch (state.kind) {
    case 'final':
      return [replicas.find((replica) => digestOf(replica) === state.digest)?.no ?? state.digest, state.at];
    case 'failed':
      return [state.reason, state.message, state.at];
    case 'cancelled':
      return [state.at];
    default:
      return 0;
  }
}

const digestOf = (replica: Replica): Digest | null => ('digest' in replica ? replica.digest : null);

function encodeReplica(replica: Replica, parties: Parties): ReplicaFields {
  if (replica.kind === 'ready') return replica.no;
  const { no, lease, leasedAt } = replica;
  const host = parties.numberOf(replica.host);
  const account = parties.numberOf(replica.account);
  switch (replica.kind) {
    case 'leased':
      return ['leased', no, lease, host, account, leasedAt, replica.deadlineAt];
    case 'returned':
      return ['returned', no, lease, host, account, leasedAt, replica.digest, replica.returnedAt];
    case 'judged':
      return ['judged', no, lease, host, account, leasedAt, replica.digest, replica.returnedAt, replica.valid ? 1 : 0];
    case 'lost':
      return ['lost', no, lease, host, account, leasedAt, replica.cause, replica.error ?? 0, replica.lateDigest ?? 0];
  }
}

export interface UnitRow {
  readonly idx: number;
  readonly revision: number;
  readonly phase: number;
  readonly body: string;
}

export function decodeUnit(job: JobId, row: UnitRow, parties: Parties): WorkUnit {
  const [state, ...replicas] = JSON.parse(row.body) as [StateFields, ...ReplicaFields[]];
  const decoded = replicas.map((fields) => decodeReplica(fields, parties));
  return { job, index: row.idx, revision: row.revision, state: decodeState(row.phase, state, decoded), replicas: decoded };
}

function decodeState(phase: number, fields: StateFields, replicas: readonly Replica[]): UnitState {
  const kind = PHASES[phase];
  switch (kind) {
    case 'open':
    case 'verifying':
      return { kind };
    case 'final': {
      const [named, at] = fields as [Digest | number, number];
      const replica = replicas.find(({ no }) => no === named);
      return { kind, digest: (replica === undefined ? named : digestOf(replica)) as Digest, at };
    }
    case 'failed': {
      const [reason, message, at] = fields as [FailureReason, string, number];
      return { kind, reason, message, at };
    }
    case 'cancelled':
      return { kind, at: (fields as [number])[0] };
    default:
      throw new Error(`a unit is in phase ${phase}, which does not exist`);
  }
}

function decodeReplica(fields: ReplicaFields, parties: Parties): Replica {
  if (typeof fields === 'number') return { kind: 'ready', no: fields };
  const [, no, lease, host, account, leasedAt] = fields;
  const held = { no, lease, host: parties.idOf<HostId>(host), account: parties.idOf<AccountId>(account), leasedAt };
  switch (fields[0]) {
    case 'leased':
      return { kind: 'leased', ...held, deadlineAt: fields[6] };
    case 'returned':
      return { kind: 'returned', ...held, digest: fields[6], returnedAt: fields[7] };
    case 'judged':
      return { kind: 'judged', ...held, digest: fields[6], returnedAt: fields[7], valid: fields[8] === 1 };
    case 'lost': {
      const [, , , , , , cause, error, late] = fields;
      return { kind: 'lost', ...held, cause, ...(error !== 0 && { error }), ...(late !== 0 && { lateDigest: late }) };
    }
  }
}
