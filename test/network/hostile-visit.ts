/**
 * One connection of a hostile peer, from one seed: a stranger says anything but a proven hello, a guest proves itself first and then says anything.
 * What must become of each frame is known before it is sent (NW2, NW3); what becomes of it otherwise is a finding.
 */
import { createSecret, type KeyPair } from '@manyhands/identity';
import { type LeaseRef, LIMITS, upstreamSchema } from '@manyhands/protocol';
import { type Closing, ScriptedWorker } from '../../packages/coordinator/test/scripted-worker.ts';
import { Chance } from '../simulation/chance.ts';
import { type Frame, FrameSource } from './frame-source.ts';
import { within } from './within.ts';

export interface Visit {
  readonly frames: number;
  /** How the connection ended; null: by us. */
  readonly closing: Closing | null;
  /** Kinds of frames that were sent. */
  readonly kinds: readonly string[];
  /** Leases whose results were acknowledged as recorded. */
  readonly recorded: ReadonlySet<string>;
  readonly findings: readonly string[];
}

export interface Identity {
  readonly key: KeyPair;
  readonly accountSecret: string;
}

type Phase = 'reconciling' | 'open';

const PATIENCE_MS = 60_000;
/** So many frames at most in one visit. */
const MOST_FRAMES = 200;
const STRANGERS_FRAMES = 6;
const MIX = { valid: 0.985 };
/** A connection ends with the first frame that is refused, so that most must fit to get far. */
const STRANGERS_MIX = { valid: 0.4 };
const EARLY_SHARE = 0.1;
const ASKING_SHARE = 0.6;

const source = new FrameSource(upstreamSchema);

function codesFor({ kind, data, message }: Frame): readonly number[] {
  if (Buffer.byteLength(data) > LIMITS.frameBytes) return [1009];
  if (kind === 'bytes as text') return [1007, 1008];
  return message?.type === 'hello' ? [1008, 4001, 4002] : [1008];
}

export class HostileVisit {
  readonly #chance: Chance;
  readonly #worker: ScriptedWorker;
  readonly #held: LeaseRef[] = [];
  readonly #kinds: string[] = [];
  readonly #findings: string[] = [];
  readonly #recorded = new Set<string>();
  #renewsSent = 0;
  #renewedHeard = 0;

  constructor(url: string, seed: number, identity?: Identity) {
    this.#chance = new Chance(seed);
    this.#worker = new ScriptedWorker(url, identity);
  }

  async asStranger(): Promise<Visit> {
    const { nonce } = await within(this.#worker.take('challenge'), PATIENCE_MS, 'the challenge');
    const count = this.#chance.int(1, STRANGERS_FRAMES);
    const first = this.#chance.isTrue(0.1) ? this.#falseHello(nonce) : source.draw(this.#chance, STRANGERS_MIX);
    this.#send(first);
    // Whatever comes behind it must not be heard either.
    for (let i = 1; i < count; i++) this.#send(source.draw(this.#chance, STRANGERS_MIX));
    const closing = await this.#closed();
    if (!codesFor(first).includes(closing.code))
      this.#find(`a stranger's frame (${first.kind}) ended with ${closing.code} ${closing.reason}`);
    this.#hear();
    return this.#report(closing);
  }

  async asGuest(): Promise<Visit> {
    await within(this.#worker.greet(), PATIENCE_MS, 'the welcome');
    let phase: Phase = 'reconciling';
    if (!this.#chance.isTrue(EARLY_SHARE)) phase = await this.#enter();
    const count = this.#chance.int(1, MOST_FRAMES);
    for (let i = 0; i < count; i++) {
      const frame = this.#drawIn(phase);
      const next = phaseAfter(phase, frame);
      this.#send(frame);
      if (next === 'closed') return this.#endBy(frame);
      phase = next;
      if (frame.message?.type === 'renew') this.#renewsSent++;
    }
    if (phase === 'open') await this.#barrier();
    this.#worker.socket.close(1000);
    await this.#closed();
    return this.#report(null);
  }

  async #enter(): Promise<Phase> {
    this.#worker.send({ type: 'reconcile', leases: [], more: false });
    if (!this.#chance.isTrue(ASKING_SHARE)) return 'open';
    this.#worker.send({ type: 'request-work', replicas: this.#chance.int(1, 8) });
    const answer = await within(this.#worker.take('assign', 'no-work'), PATIENCE_MS, 'an answer to request-work');
    if (answer.type === 'assign') this.#held.push(...answer.leases.map(({ lease, index }) => ({ lease, job: answer.job, index })));
    return 'open';
  }

  /** A message out of order ends the visit, so that most must be in order to get far. */
  #drawIn(phase: Phase): Frame {
    if (!this.#chance.isTrue(MIX.valid)) return source.draw(this.#chance, { valid: 0.1 }, this.#held);
    return source.drawValid(this.#chance, this.#held, (type) => type !== 'hello' && (type === 'reconcile') === (phase === 'reconciling'));
  }

  /** The frame must end it: nothing sent behind it is answered. */
  async #endBy(frame: Frame): Promise<Visit> {
    this.#worker.send({ type: 'renew', leases: [] });
    const closing = await this.#closed();
    this.#hear();
    if (!codesFor(frame).includes(closing.code)) this.#find(`a guest's frame (${frame.kind}) ended with ${closing.code} ${closing.reason}`);
    if (this.#renewedHeard > this.#renewsSent) this.#find(`what stood behind a refused frame (${frame.kind}) was answered`);
    return this.#report(closing);
  }

  /** All that was sent was in order: the connection lives, and every renewal was answered. */
  async #barrier(): Promise<void> {
    this.#worker.send({ type: 'renew', leases: [] });
    this.#renewsSent++;
    const answered = (async () => {
      while (this.#renewedHeard < this.#renewsSent) {
        await this.#worker.take('renewed');
        this.#renewedHeard++;
      }
    })();
    await within(answered, PATIENCE_MS, 'answers to renewals').catch((error: Error) =>
      this.#find(`frames in order were not answered: ${error.message}`),
    );
    this.#hear();
  }

  #closed(): Promise<Closing> {
    return within(this.#worker.closed, PATIENCE_MS, `the end of the connection after ${this.#kinds.at(-1)}`);
  }

  #falseHello(nonce: string): Frame {
    const other = { ...this.#worker.helloTo(createSecret()), hostKey: this.#worker.key.publicKey };
    const hello = this.#chance.pick([other, { ...this.#worker.helloTo(nonce), protocol: { oldest: 7, newest: 9 } }]);
    return { kind: 'a false hello', data: JSON.stringify(hello), isBinary: false, message: hello, finding: null };
  }

  #send({ kind, data, isBinary, finding }: Frame): void {
    this.#kinds.push(kind);
    if (finding !== null) this.#find(finding);
    // What the socket refuses to take any more was refused already.
    this.#worker.socket.send(data, { binary: isBinary }, () => undefined);
  }

  #hear(): void {
    for (const frame of this.#worker.frames) {
      if (frame.type === 'renewed') this.#renewedHeard++;
      if (frame.type === 'recorded') for (const { lease, outcome } of frame.results) if (outcome === 'recorded') this.#recorded.add(lease);
    }
    this.#worker.frames.length = 0;
  }

  #find(what: string): void {
    this.#findings.push(what);
  }

  #report(closing: Closing | null): Visit {
    this.#worker[Symbol.dispose]();
    return { frames: this.#kinds.length, closing, kinds: this.#kinds, recorded: this.#recorded, findings: this.#findings };
  }
}

function phaseAfter(phase: Phase, { message }: Frame): Phase | 'closed' {
  if (message === null || message.type === 'hello') return 'closed';
  if (phase === 'open') return message.type === 'reconcile' ? 'closed' : 'open';
  if (message.type !== 'reconcile') return 'closed';
  return message.more ? 'reconciling' : 'open';
}
