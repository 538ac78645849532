/** `submit`: results become commands, and what became of each is told in the order in which they came. */
import type { Digest, ErrorKind, LeaseResult, RecordedOutcome } from '@manyhands/protocol';
import type { Job } from '../domain/job.ts';
import type { UnitOutcome } from '../domain/transition.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DigestText } from '../ports/digest-text.ts';
import type { Entropy } from '../ports/entropy.ts';
import { ask } from './ask.ts';
import type { CommitQueue, RefusalReason } from './commit-queue.ts';
import type { Draft } from './draft.ts';
import type { Paces } from './paces.ts';
import type { WorkerSession } from './worker-session.ts';

export interface SubmissionPorts {
  readonly queue: Pick<CommitQueue, 'propose'>;
  readonly blobs: Pick<BlobStore, 'size'>;
  readonly digestText: DigestText;
  readonly entropy: Pick<Entropy, 'random'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly paces: Pick<Paces, 'note'>;
}

const NONE: ReadonlySet<Digest> = new Set();

interface Answer {
  readonly outcome: RecordedOutcome;
  readonly reason?: string;
}

/** null: its answers were sent. Otherwise nothing was recorded and nothing was said. */
export async function submitResults(
  session: WorkerSession,
  results: readonly LeaseResult[],
  ports: SubmissionPorts,
): Promise<RefusalReason | null> {
  const hasBlobs = results.some((result) => result.status === 'ok' && typeof result.output !== 'string');
  const missing = hasBlobs ? await missingBlobs(results, ports.blobs) : NONE;
  const digests = results.map((result) => digestOf(result, ports.digestText));
  const draws = results.map(() => ports.entropy.random());
  const settled = await ask(ports.queue, {
    units: results,
    jobs: [],
    weight: results.length,
    isSheddable: false,
    decide: (draft) =>
      results.map((result, i) => decide(draft, session, result, { digest: digests[i] as Digest, draw: draws[i] as number, missing })),
    speak: (answers) => {
      notePaces(session, results, ports);
      speak(session, results, answers);
    },
  });
  return settled.kind === 'durable' ? null : settled.reason;
}

interface Facts {
  readonly digest: Digest;
  readonly draw: number;
  readonly missing: ReadonlySet<Digest>;
}

function decide(draft: Draft, session: WorkerSession, result: LeaseResult, { digest, draw, missing }: Facts): Answer {
  const { job, index, lease, elapsedMs } = result;
  const { host } = session;
  const fail = (error: ErrorKind, message: string): Answer =>
    toAnswer(draft.apply({ kind: 'record-error', job, index, lease, host, elapsedMs, error, message }));
  if (result.status === 'error') return fail(result.kind, result.message);
  const { output } = result;
  const fault = faultOf(output, draft.job(job), missing);
  if (fault === null) return toAnswer(draft.apply({ kind: 'record-result', job, index, lease, host, elapsedMs, digest, output, draw }));
  // The lease must not wait for its deadline: what breaks a rule is booked as an error of this host.
  const answer = fail('output', fault);
  return answer.outcome === 'recorded' ? { outcome: 'refused', reason: fault } : answer;
}

const RECORDED: Answer = { outcome: 'recorded' };

function toAnswer(outcome: UnitOutcome): Answer {
  if (outcome.kind === 'recorded') return RECORDED;
  if (outcome.kind === 'refused') return { outcome: 'refused', reason: outcome.reason };
  return { outcome: outcome.kind as RecordedOutcome };
}

/** What came back in time says how fast its host is. */
function notePaces(session: WorkerSession, results: readonly LeaseResult[], { clock, paces }: SubmissionPorts): void {
  const now = clock.now();
  for (const { lease, job, status } of results) {
    const held = session.book.get(lease);
    if (held !== undefined && status === 'ok') paces.note(job, session.host, now - held.heldAt);
  }
}

function speak(session: WorkerSession, results: readonly LeaseResult[], answers: readonly Answer[]): void {
  for (const { lease } of results) session.book.delete(lease);
  session.send({ type: 'recorded', results: results.map(({ lease }, i) => ({ lease, ...(answers[i] as Answer) })) });
}

/** A blob is named by the digest of its text, so its name is the digest already. An error has none, and none is looked at. */
function digestOf(result: LeaseResult, digestText: DigestText): Digest | null {
  if (result.status === 'error') return null;
  return typeof result.output === 'string' ? digestText(result.output) : result.output.blob;
}

/** null: it keeps the rules. A job nobody knows has none. */
function faultOf(output: Extract<LeaseResult, { status: 'ok' }>['output'], job: Job | null, missing: ReadonlySet<Digest>): string | null {
  if (typeof output !== 'string' && missing.has(output.blob)) return 'its output is not stored here: upload the blob before the result';
  const limit = job?.limits.outputBytes ?? Number.POSITIVE_INFINITY;
  return exceeds(output, limit) ? `its output is larger than the ${limit} bytes its task allows` : null;
}

function exceeds(output: Extract<LeaseResult, { status: 'ok' }>['output'], limitBytes: number): boolean {
  if (typeof output !== 'string') return output.bytes > limitBytes;
  return output.length * 3 > limitBytes && utf8Bytes(output) > limitBytes;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

async function missingBlobs(results: readonly LeaseResult[], blobs: Pick<BlobStore, 'size'>): Promise<ReadonlySet<Digest>> {
  const missing = new Set<Digest>();
  for (const result of results) {
    if (result.status === 'error' || typeof result.output === 'string') continue;
    const { blob, bytes } = result.output;
    if ((await blobs.size(blob)) !== bytes) missing.add(blob);
  }
  return missing;
}
