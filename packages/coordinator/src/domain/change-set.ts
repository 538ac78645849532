/** All that was decided since the last commit, as plain data: what a store makes durable at once (I3). */
import type { AccountId, Digest, ErrorKind, HostId, JobId, LeaseId, Payload, SignedTask, TaskId, TaskManifest } from '@manyhands/protocol';
import type { Job } from './job.ts';
import type { Standing } from './standing.ts';
import type { Tally } from './tally.ts';
import type { UnitRef, WorkUnit } from './work-unit.ts';

/** What came back for a lease: kept as evidence for ever. One per replica and answer; a late one is kept beside the replica's own. */
export interface StoredResult extends UnitRef {
  readonly no: number;
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly account: AccountId;
  readonly receivedAt: number;
  readonly elapsedMs: number;
  /** True: it came after its lease or its unit had ended, and can never count (I16, I18). */
  readonly late: boolean;
  readonly body:
    | { readonly kind: 'ok'; readonly digest: Digest; readonly output: Payload }
    | { readonly kind: 'error'; readonly error: ErrorKind; readonly message: string };
}

/** A unit that ended, in the order in which units end. `no`: the replica whose output is canonical; null unless final. */
export interface Ending extends UnitRef {
  readonly state: 'final' | 'failed' | 'cancelled';
  readonly no: number | null;
  readonly at: number;
}

/**
 * One double-entry posting: `microcredits` move from the project's mint to an account (1 credit = 1,000,000).
 * Unique per (unit, replica, kind) (ST4); the two sides of a posting sum to zero (I23).
 */
export interface Posting extends UnitRef {
  readonly no: number;
  readonly kind: 'valid-result' | 'revocation';
  readonly host: HostId;
  readonly account: AccountId;
  readonly microcredits: number;
  readonly at: number;
}

export interface Host {
  readonly id: HostId;
  readonly account: AccountId;
  readonly hostKey: string;
  readonly displayName: string | null;
  /** null or absent: none. */
  readonly team?: string | null;
  readonly cores: number;
  /** Of one core, as the worker claims; null or absent: it did not say. */
  readonly gflops?: number | null;
  readonly software: string;
  readonly engine: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

export interface PublishedTask {
  readonly id: TaskId;
  readonly manifest: TaskManifest;
  readonly signed: SignedTask;
  readonly author: string;
  readonly publishedAt: number;
}

export interface Author {
  readonly name: string;
  /** ed25519, base64url. */
  readonly key: string;
  /** SHA-256 of the bearer token, hex. The token itself is shown once and never stored. */
  readonly tokenHash: string;
  readonly addedAt: number;
  /** null: in force. */
  readonly revokedAt: number | null;
}

/** One chunk of a stream job's inputs: the lines of an NDJSON body, each a payload in its line form (payload-line.ts). */
export interface InputChunk {
  readonly job: JobId;
  readonly chunk: number;
  readonly firstIndex: number;
  readonly count: number;
  readonly lines: string;
  /** SHA-256 of `lines`, so that a repeated chunk can be told from a different one under the same number. */
  readonly digest: Digest;
}

export interface ChangeSet {
  /** Each carries its new revision; it was decided on the one before. Revision 1 is new. ST3. */
  readonly units?: readonly WorkUnit[];
  readonly jobs?: readonly Job[];
  readonly results?: readonly StoredResult[];
  /** Units whose ending is taken back. They give up their place, and have another when they end again, in this change or a later one. */
  readonly retractions?: readonly UnitRef[];
  readonly endings?: readonly Ending[];
  readonly postings?: readonly Posting[];
  readonly hosts?: readonly Host[];
  readonly tasks?: readonly PublishedTask[];
  readonly authors?: readonly Author[];
  readonly chunks?: readonly InputChunk[];
  /** Each replaces the one of its (task, host), or of its (job, host). */
  readonly standings?: readonly Standing[];
  readonly tallies?: readonly Tally[];
}
