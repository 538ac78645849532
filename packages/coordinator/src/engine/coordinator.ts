/**
 * The engine's face: what sockets and HTTP routes may ask. Implemented by `create-coordinator.ts`.
 * Every promise here settles only when what it reports is durable (CQ4).
 */
import type {
  AccountId,
  Digest,
  HostId,
  InputSource,
  JobId,
  LeaseRef,
  SignedTask,
  TaskId,
  TaskManifest,
  UnitsAccepted,
  Upstream,
} from '@manyhands/protocol';
import type { Author } from '../domain/change-set.ts';
import type { Job } from '../domain/job.ts';
import type { WorkerLink } from '../ports/worker-link.ts';

/** Proven by the gateway before the engine hears of it (I41). */
export interface HostIdentity {
  readonly host: HostId;
  readonly account: AccountId;
  readonly hostKey: string;
  readonly displayName: string | null;
  /** null: none. */
  readonly team: string | null;
  readonly cores: number;
  /** Of one core, as the worker claims; null: it did not say. */
  readonly gflops: number | null;
  readonly software: string;
  readonly engine: string;
  readonly protocol: number;
}

/** One host's connection. The engine answers through the link it was opened with. */
export interface Session {
  readonly quota: number;
  readonly heartbeatMs: number;
  /** Any frame but `hello`. Resolves when its effects are done; never rejects. */
  receive(message: Exclude<Upstream, { type: 'hello' }>): Promise<void>;
  /** The connection is gone. Leases stay: only their deadlines end them. */
  close(): void;
}

/** A refusal is a value, in words for the author. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: 'not-found' | 'conflict' | 'bad-request' | 'forbidden' | 'overloaded'; readonly message: string };

export interface NewJob {
  readonly task: TaskId;
  readonly title: string;
  /** Repeating it with the same author answers the same job. */
  readonly key: string;
  readonly inputs: InputSource;
  readonly priority: number;
  readonly leaseMs: number;
  readonly author: string;
}

export interface LiveFigures {
  readonly hostsOnline: number;
  readonly coresOnline: number;
  /** Final units a second over the last minute, in all and per active job. */
  readonly unitsPerSecond: number;
  readonly jobUnitsPerSecond: ReadonlyMap<JobId, number>;
  /** Final units a second in each of the last 60 ten-second steps, oldest first. */
  readonly throughput: readonly number[];
  /** The latest state of active jobs, as committed. */
  readonly jobs: readonly Job[];
  /** Commands waiting for a commit. */
  readonly queued: number;
}

export interface Coordinator {
  /** How many bytes the holder of this lease may upload as its output; null: no such live lease. */
  uploadAllowance(lease: LeaseRef): Promise<number | null>;
  /** Whether this host was here before, with this account. */
  isKnown(identity: Pick<HostIdentity, 'host' | 'account'>): Promise<boolean>;
  openSession(identity: HostIdentity, link: WorkerLink): Promise<Session>;
  publishTask(task: { id: TaskId; manifest: TaskManifest; signed: SignedTask; author: string }): Promise<Outcome<TaskId>>;
  createJob(job: NewJob): Promise<Outcome<Job>>;
  /** `lines`: NDJSON without the last newline; `count` its lines. `close`: no more inputs will come. */
  appendUnits(chunk: {
    job: JobId;
    author: string;
    chunk: number;
    lines: string;
    count: number;
    digest: Digest;
    close: boolean;
  }): Promise<Outcome<UnitsAccepted>>;
  cancelJob(job: JobId, author: string | null): Promise<Outcome<Job>>;
  addAuthor(author: Author): Promise<Outcome<Author>>;
  revokeAuthor(name: string): Promise<Outcome<Author>>;
  figures(): LiveFigures;
  /** Called after every commit that changed a job; the listener must be quick. */
  onJobsChanged(listener: (jobs: ReadonlySet<JobId>) => void): Disposable;
  /** Restores what a restart left: live leases, pending proof checks, I34. Must resolve before the first session. */
  start(): Promise<void>;
  /** Refuses new work, tells hosts to come back later, drains the commit queue (CQ8). */
  stop(): Promise<void>;
}
