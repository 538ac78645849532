/** Hostile visits by the thousand at a real coordinator, several at a time, beside one honest host that must be served all the while. */
import { createKeyPair, createSecret } from '@manyhands/identity';
import type { VerifyPolicy } from '@manyhands/protocol';
import { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { HostileVisit, type Identity, type Visit } from './hostile-visit.ts';
import type { NetworkCoordinator } from './network-coordinator.ts';
import { within } from './within.ts';

export interface FuzzOptions {
  /** Frames to send at least. */
  readonly frames: number;
  readonly seed: number;
  /** `strangers` never prove themselves, `guests` do. */
  readonly who: 'strangers' | 'guests';
  /** Ends earlier, at this time of `performance.now()`. */
  readonly until?: number;
  readonly onProgress?: (tally: FuzzTally) => void;
}

export interface Finding {
  readonly seed: number;
  readonly what: string;
}

const LANES = 16;
/** A host that answers nonsense is given little; a new one comes after so many visits. */
const VISITS_PER_IDENTITY = 4;
const VISITS_PER_SERVICE = 25;
const PATIENCE_MS = 60_000;
/** Whatever it is, it would be found again with every visit. */
const ENOUGH_FINDINGS = 20;
/** So that two runs with neighbouring seeds share no visit. */
const SEED_STRIDE = 10_000_000;

export class FuzzTally {
  frames = 0;
  visits = 0;
  served = 0;
  readonly closings = new Map<number, number>();
  readonly kinds = new Map<string, number>();
  readonly recorded = new Set<string>();
  readonly findings: Finding[] = [];

  add(seed: number, { frames, closing, kinds, recorded, findings }: Visit): void {
    this.frames += frames;
    this.visits++;
    if (closing !== null) this.closings.set(closing.code, (this.closings.get(closing.code) ?? 0) + 1);
    for (const kind of kinds) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    for (const lease of recorded) this.recorded.add(lease);
    this.findings.push(...findings.map((what) => ({ seed, what })));
  }
}

const POLICIES: readonly VerifyPolicy[] = [
  // Believed at once, so that the honest host never runs out of what a newcomer may hold unjudged.
  { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
  { kind: 'quorum', k: 2, agree: { kind: 'exact' } },
  { kind: 'confidence', wrongIn: 10_000, agree: { kind: 'exact' } },
];

/** Jobs that do not run dry: their units stand nowhere before they are handed out. */
export async function publishEndlessJobs({ author }: NetworkCoordinator): Promise<void> {
  for (const [i, policy] of POLICIES.entries()) {
    const task = await author.publish(`var manyhandsTask; // ${i}`, policy);
    await author.create(task, { key: `endless ${i}`, inputs: { kind: 'index', count: 100_000_000 } });
  }
}

const newIdentity = (): Identity => ({ key: createKeyPair(), accountSecret: createSecret() });

/** One visit by its seed: what `--visit` replays. */
export async function playVisit(url: string, seed: number, who: FuzzOptions['who'], identity = newIdentity()): Promise<Visit> {
  const visit = new HostileVisit(url, seed, identity);
  return who === 'strangers' ? visit.asStranger() : visit.asGuest();
}

export async function fuzzFrames({ url }: { readonly url: string }, options: FuzzOptions): Promise<FuzzTally> {
  const tally = new FuzzTally();
  // Among strangers nothing at all may be written.
  using honest = options.who === 'guests' ? new HonestHost(url) : null;
  let next = options.seed * SEED_STRIDE;
  const isOver = () =>
    tally.frames >= options.frames ||
    tally.findings.length >= ENOUGH_FINDINGS ||
    performance.now() >= (options.until ?? Number.POSITIVE_INFINITY);
  const lane = async (): Promise<void> => {
    for (let identity = newIdentity(), n = 0; !isOver(); n++) {
      if (n % VISITS_PER_IDENTITY === 0) identity = newIdentity();
      const seed = next++;
      try {
        tally.add(seed, await playVisit(url, seed, options.who, identity));
      } catch (error) {
        tally.findings.push({ seed, what: (error as Error).message });
      }
      if (tally.visits % VISITS_PER_SERVICE === 0) await honest?.serve(tally);
      options.onProgress?.(tally);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return tally;
}

/** Asks, computes and delivers again and again while the others rage. */
class HonestHost {
  readonly #worker: PlayingWorker;
  /** One service at a time. */
  #busy: Promise<unknown>;

  constructor(url: string) {
    this.#worker = new PlayingWorker(url);
    // Whoever is not let in is not served either, and that is told.
    this.#busy = this.#worker.enter().catch(() => undefined);
  }

  serve(tally: FuzzTally): Promise<unknown> {
    this.#busy = this.#busy.then(async () => {
      const outcomes = await within(this.#compute(), 2 * PATIENCE_MS, 'the honest host').catch((error: Error) => [error.message]);
      if (outcomes.every((outcome) => outcome === 'recorded')) tally.served++;
      else tally.findings.push({ seed: 0, what: `the honest host was not served: ${outcomes}` });
    });
    return this.#busy;
  }

  async #compute(): Promise<readonly string[]> {
    this.#worker.ask(1);
    for (let reason = 'nothing was said'; ; ) {
      const answer = await within(this.#worker.take('assign', 'no-work'), PATIENCE_MS, `work for the honest host (${reason})`);
      // Its wish stands.
      if (answer.type === 'no-work') reason = answer.reason;
      else
        return this.#worker.submit(
          answer.leases.map((lease) => ({ ...lease, job: answer.job })),
          (input) => input,
        );
    }
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}
