/**
 * A unit as one row. The columns are what queries look for; the body is the rest, as a JSON array:
 * `[state, truth, comparisons, retractions, replica…]` with the state's own fields (`0`: none), the truth only where the referee was asked (`null`: not yet answered),
 * the comparisons only where answers were compared, the retractions only where an answer was taken back,
 * and each replica as its number when ready, else `[kind, no, lease, host number, account number, leasedAt, …own fields]`.
 * Fields that are absent at a replica's end are left out, and so is what came with a later layout in the rows of an earlier one.
 */
import type { AccountId, Digest, ErrorKind, HostId, JobId, LeaseId } from '@manyhands/protocol';
import type { FailureReason, Grounds, LossCause, Replica, UnitState, WorkUnit } from '../../domain/work-unit.ts';
import type { Parties } from './parties.ts';

/** By the number that is stored: only ever appended to. */
export const PHASES = ['open', 'verifying', 'final', 'failed', 'cancelled', 'provisional'] as const satisfies readonly UnitState['kind'][];
/** Final, and the referee was asked about it and has not answered. */
const DISPUTED = 6;
export const phaseOf = ({ state, truth }: WorkUnit): number =>
  state.kind === 'final' && truth === null ? DISPUTED : PHASES.indexOf(state.kind);

/** A believed digest is that of a replica, so its number stands for it: text twice as long would cost a tenth of the database. */
type Believed = [digest: Digest | number, at: number];
type GroundsFields = 'referee' | [phi: number, ...members: [no: number, checks: number][]];
type StateFields = 0 | Believed | [...Believed, GroundsFields] | [reason: FailureReason, message: string, at: number] | [at: number];
type TruthField = Digest | null;
interface ComparisonsField {
  readonly compared: NonNullable<WorkUnit['comparisons']>;
}

interface RetractionsField {
  readonly retracted: NonNullable<WorkUnit['retractions']>;
}

type Absent = null | undefined;
type Held<Kind, Rest extends unknown[]> = [Kind, no: number, LeaseId, host: number, account: number, leasedAt: number, ...Rest];
type HeldFields =
  | Held<'leased', [deadlineAt: number, speed?: number | Absent, engine?: string | Absent]>
  | Held<'returned', [Digest, returnedAt: number, speed?: number | Absent, engine?: string | Absent]>
  | Held<
      'judged',
      [
        Digest,
        returnedAt: number,
        valid: 0 | 1,
        speed?: number | Absent,
        credited?: number | Absent,
        isChecked?: number | Absent,
        engine?: string | Absent,
      ]
    >
  | Held<'lost', [LossCause, ErrorKind | 0, late: Digest | 0, speed?: number | Absent, engine?: string | Absent]>;
type ReplicaFields = number | HeldFields;

export function encodeBody(unit: WorkUnit, parties: Parties): string {
  const fields: (StateFields | AnyField)[] = [encodeState(unit)];
  if (unit.truth !== undefined) fields.push(unit.truth);
  if (unit.comparisons !== undefined) fields.push({ compared: unit.comparisons });
  if (unit.retractions !== undefined) fields.push({ retracted: unit.retractions });
  for (const replica of unit.replicas) fields.push(encodeReplica(replica, parties));
  return JSON.stringify(fields);
}

function encodeState({ state, replicas }: WorkUnit): StateFields {
  switch (state.kind) {
    case 'provisional':
    case 'final': {
      const named = replicas.find((replica) => digestOf(replica) === state.digest)?.no ?? state.digest;
      const grounds = state.kind === 'final' ? state.grounds : undefined;
      return grounds === undefined ? [named, state.at] : [named, state.at, encodeGrounds(grounds)];
    }
    case 'failed':
      return [state.reason, state.message, state.at];
    case 'cancelled':
      return [state.at];
    default:
      return 0;
  }
}

const digestOf = (replica: Replica): Digest | null => ('digest' in replica ? replica.digest : null);

const encodeGrounds = (grounds: Grounds): GroundsFields =>
  grounds.kind === 'referee' ? 'referee' : [grounds.phi, ...grounds.members.map(({ no, checks }): [number, number] => [no, checks])];

function encodeReplica(replica: Replica, parties: Parties): ReplicaFields {
  if (replica.kind === 'ready') return replica.no;
  const fields = encodeHeld(replica, parties);
  while (fields.at(-1) === undefined) fields.pop();
  return fields;
}

function encodeHeld(replica: Exclude<Replica, { kind: 'ready' }>, parties: Parties): HeldFields {
  const { no, lease, leasedAt, speed, engine } = replica;
  const host = parties.numberOf(replica.host);
  const account = parties.numberOf(replica.account);
  switch (replica.kind) {
    case 'leased':
      return ['leased', no, lease, host, account, leasedAt, replica.deadlineAt, speed, engine];
    case 'returned':
      return ['returned', no, lease, host, account, leasedAt, replica.digest, replica.returnedAt, speed, engine];
    case 'judged': {
      const { digest, returnedAt, valid, credited, isChecked } = replica;
      const checked = isChecked === undefined ? undefined : Number(isChecked);
      return ['judged', no, lease, host, account, leasedAt, digest, returnedAt, valid ? 1 : 0, speed, credited, checked, engine];
    }
    case 'lost':
      return ['lost', no, lease, host, account, leasedAt, replica.cause, replica.error ?? 0, replica.lateDigest ?? 0, speed, engine];
  }
}

export interface UnitRow {
  readonly idx: number;
  readonly revision: number;
  readonly phase: number;
  readonly body: string;
}

export function decodeUnit(job: JobId, row: UnitRow, parties: Parties): WorkUnit {
  const [state, ...rest] = JSON.parse(row.body) as [StateFields, ...AnyField[]];
  const truth = rest.filter(isTruth).map((digest) => ({ truth: digest }));
  const comparisons = rest.filter(isCompared).map(({ compared }) => ({ comparisons: compared }));
  const retractions = rest.filter(isRetracted).map(({ retracted }) => ({ retractions: retracted }));
  const replicas = rest.filter(isReplica).map((replica) => decodeReplica(replica, parties));
  return {
    job,
    index: row.idx,
    revision: row.revision,
    state: decodeState(row.phase, state, replicas),
    replicas,
    ...truth[0],
    ...comparisons[0],
    ...retractions[0],
  };
}

type AnyField = TruthField | ComparisonsField | RetractionsField | ReplicaFields;
const isTruth = (field: AnyField): field is TruthField => field === null || typeof field === 'string';
const isReplica = (field: AnyField): field is ReplicaFields => typeof field === 'number' || Array.isArray(field);
const isCompared = (field: AnyField): field is ComparisonsField => typeof field === 'object' && field !== null && 'compared' in field;
const isRetracted = (field: AnyField): field is RetractionsField => typeof field === 'object' && field !== null && 'retracted' in field;

function decodeState(phase: number, fields: StateFields, replicas: readonly Replica[]): UnitState {
  const kind = phase === DISPUTED ? 'final' : PHASES[phase];
  switch (kind) {
    case 'open':
    case 'verifying':
      return { kind };
    case 'provisional':
    case 'final': {
      const [named, at, grounds] = fields as [...Believed, GroundsFields?];
      const replica = replicas.find(({ no }) => no === named);
      const digest = (replica === undefined ? named : digestOf(replica)) as Digest;
      return { kind, digest, at, ...(grounds !== undefined && { grounds: decodeGrounds(grounds) }) };
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

function decodeGrounds(fields: GroundsFields): Grounds {
  if (fields === 'referee') return { kind: 'referee' };
  const [phi, ...members] = fields;
  return { kind: 'odds', phi, members: members.map(([no, checks]) => ({ no, checks })) };
}

function decodeReplica(fields: ReplicaFields, parties: Parties): Replica {
  if (typeof fields === 'number') return { kind: 'ready', no: fields };
  const [, no, lease, host, account, leasedAt] = fields;
  const held = { no, lease, host: parties.idOf<HostId>(host), account: parties.idOf<AccountId>(account), leasedAt };
  switch (fields[0]) {
    case 'leased':
      return { kind: 'leased', ...held, deadlineAt: fields[6], ...given('speed', fields[7]), ...given('engine', fields[8]) };
    case 'returned':
      return {
        kind: 'returned',
        ...held,
        digest: fields[6],
        returnedAt: fields[7],
        ...given('speed', fields[8]),
        ...given('engine', fields[9]),
      };
    case 'judged': {
      const [, , , , , , digest, returnedAt, valid, speed, credited, checked, engine] = fields;
      const isChecked = isAbsent(checked) ? undefined : checked === 1;
      const extras = {
        ...given('speed', speed),
        ...given('credited', credited),
        ...given('isChecked', isChecked),
        ...given('engine', engine),
      };
      return { kind: 'judged', ...held, digest, returnedAt, valid: valid === 1, ...extras };
    }
    case 'lost': {
      const [, , , , , , cause, error, late, speed, engine] = fields;
      return {
        kind: 'lost',
        ...held,
        cause,
        ...(error !== 0 && { error }),
        ...(late !== 0 && { lateDigest: late }),
        ...given('speed', speed),
        ...given('engine', engine),
      };
    }
  }
}

const isAbsent = (value: unknown): value is Absent => value === undefined || value === null;

/** The field by its name, or nothing when it is absent. */
const given = <Name extends string, Value>(name: Name, value: Value | Absent): Partial<Record<Name, Value>> =>
  (isAbsent(value) ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
