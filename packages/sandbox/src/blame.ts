/**
 * Who is to blame when a runner dies. What the runner said before it ended itself, or what we killed it for, is exact. Otherwise everything under way is a
 * suspect: one death may be bad luck (somebody killed the process), two are a pattern.
 */
import type { ErrorKind } from '@manyhands/protocol';
import type { Batch, Entry } from './execution-queue.ts';
import type { Death } from './runner-process.ts';

const MAX_DEATHS = 2;

/** What is known about a death before it is looked into. `key` null: whose fault it is cannot be told. */
export interface Warning {
  readonly cause: 'memory' | 'timeout';
  readonly key: number | null;
}

export interface Verdict {
  readonly guilty: readonly { readonly entry: Entry; readonly kind: ErrorKind; readonly message: string }[];
  /** To be run again, each alone. */
  readonly suspects: readonly Entry[];
  /** To be run again as if nothing had happened. */
  readonly innocent: readonly Entry[];
}

export function judgeDeath(death: Death, warning: Warning | null, batches: readonly Batch[]): Verdict {
  const underWay = batches.flatMap((batch) => batch.slice(0, 1));
  const behind = batches.flatMap((batch) => batch.slice(1));
  const culprit = culpritOf(warning, underWay);
  if (warning !== null && culprit !== undefined) {
    const guilty = [{ entry: culprit, kind: warning.cause, message: MESSAGES[warning.cause] }];
    return { guilty, suspects: [], innocent: [...underWay.filter((entry) => entry !== culprit), ...behind] };
  }
  const kind = warning?.cause === 'memory' || isOutOfMemory(death) ? 'memory' : 'crash';
  const deadTwice = underWay.filter(({ deaths }) => deaths + 1 >= MAX_DEATHS);
  return {
    guilty: deadTwice.map((entry) => ({ entry, kind, message: `${MESSAGES[kind]} (${death.reason}), ${MAX_DEATHS} times` })),
    suspects: underWay.filter((entry) => !deadTwice.includes(entry)),
    innocent: behind,
  };
}

const MESSAGES = {
  memory: 'its runner ran out of memory with it',
  timeout: 'it could not be stopped when its time was up, so its runner was',
  crash: 'its runner died with it',
} as const;

/** Memory ran out with one execution under way: then it is that one's fault. */
function culpritOf(warning: Warning | null, underWay: readonly Entry[]): Entry | undefined {
  if (warning === null) return undefined;
  if (warning.key === null) return underWay.length === 1 ? underWay[0] : undefined;
  return underWay.find(({ key }) => key === warning.key);
}

/** V8 aborts the process when it cannot allocate, and says so. */
const isOutOfMemory = ({ stderr }: Death): boolean => /out of memory|heap limit|allocation fail/i.test(stderr);
