/** What was ever acknowledged is there: looked up one by one, as the store answers for it (I1, I5, I23, I24, EN1). */
import type { Violation } from '../../packages/coordinator/src/domain/invariants.ts';
import type { ReadStore } from '../../packages/coordinator/src/ports/read-store.ts';
import type { Store } from '../../packages/coordinator/src/ports/store.ts';
import type { Books } from './simulated-disk.ts';
import type { Acknowledged, Witness } from './witness.ts';

export async function lastingViolations(books: Books, store: Store & ReadStore, witness: Witness): Promise<Violation[]> {
  return [
    ...lostResults(books, witness),
    ...lostLeases(books, witness),
    ...(await lostInputs(store, witness)),
    ...(await wrongSums(books, store)),
  ];
}

/** A late error is not kept, nor what is refused or of nobody. */
const isKept = ({ outcome, digest }: Acknowledged): boolean => outcome === 'recorded' || (outcome === 'late' && digest !== null);

function lostResults({ results }: Books, { acknowledged }: Witness): Violation[] {
  const byLease = Map.groupBy(results, ({ lease }) => lease);
  return [...acknowledged.values()]
    .filter(isKept)
    .filter(({ lease, outcome, digest }) => {
      const kept = byLease.get(lease) ?? [];
      const isSame = kept.some(({ body }) => (body.kind === 'ok' ? body.digest : null) === digest);
      return outcome === 'late' ? kept.length === 0 : !isSame;
    })
    .map(({ lease, outcome }) => ({ rule: 'I1', subject: lease, message: `its result was acknowledged as ${outcome}, and is lost` }));
}

function lostLeases({ units }: Books, { assigned }: Witness): Violation[] {
  const holders = new Map(
    units.flatMap(({ replicas }) =>
      replicas.flatMap((replica) => (replica.kind === 'ready' ? [] : [[replica.lease, replica.host] as const])),
    ),
  );
  return [...assigned]
    .filter(([lease, host]) => holders.get(lease) !== host)
    .map(([lease]) => ({ rule: 'EN1', subject: lease, message: 'a host was told of this lease, and the books do not know it' }));
}

async function lostInputs(store: Store, { chunks, jobs }: Witness): Promise<Violation[]> {
  const lost: Violation[] = [];
  for (const { job, chunk, firstIndex, count, digest } of chunks.values()) {
    const stored = await store.loadChunk(job, chunk);
    if (stored?.firstIndex !== firstIndex || stored.count !== count || stored.digest !== digest)
      lost.push({ rule: 'I5', subject: `${job} ${chunk}`, message: 'the chunk was acknowledged, and is not stored as such' });
  }
  for (const job of jobs.values())
    if ((await store.loadJob(job)) === null) lost.push({ rule: 'EN26', subject: job, message: 'it was acknowledged, and is lost' });
  return lost;
}

/** I23, I24: what accounts are shown to have earned is the sum of the ledger. */
async function wrongSums({ postings }: Books, store: ReadStore): Promise<Violation[]> {
  const wrong: Violation[] = [];
  let [microcredits, validResults] = [0, 0];
  for (const [account, own] of Map.groupBy(postings, (posting) => posting.account)) {
    const credit = own.reduce((sum, posting) => sum + posting.microcredits, 0);
    const results = own.reduce((sum, { kind }) => sum + (kind === 'revocation' ? -1 : 1), 0);
    const shown = await store.earner('account', account);
    if (shown?.microcredits !== credit || shown.validResults !== results)
      wrong.push({ rule: 'I23', subject: account, message: `the ledger says ${credit} for ${results}, its page ${JSON.stringify(shown)}` });
    microcredits += credit;
    validResults += results;
  }
  const totals = await store.totals();
  if (totals.microcredits !== microcredits || totals.validResults !== validResults)
    wrong.push({
      rule: 'I24',
      subject: 'totals',
      message: `the ledger says ${microcredits} for ${validResults}, the page ${JSON.stringify(totals)}`,
    });
  return wrong;
}
