/** What every store promises, whatever it is built on. The rules are in docs/spec/store.md. */
import { describe } from 'vitest';
import type { ReadStore } from '../ports/read-store.ts';
import type { Store } from '../ports/store.ts';
import { describeCommit } from './store-commit.contract.ts';
import { describeCredit } from './store-credit.contract.ts';
import { describeEvidence } from './store-evidence.contract.ts';
import { describeJobs } from './store-jobs.contract.ts';
import { describeLeases } from './store-leases.contract.ts';
import { describeLedger } from './store-ledger.contract.ts';
import { describeModel } from './store-model.contract.ts';
import { describePages } from './store-pages.contract.ts';
import { describeRetractions } from './store-retractions.contract.ts';
import { describeRevocations } from './store-revocations.contract.ts';
import { describeTrust } from './store-trust.contract.ts';
import { describeUnits } from './store-units.contract.ts';

/** Opens an empty store; the test disposes of it. */
export type OpenStore = () => Promise<Store & ReadStore>;

export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} keeps the store's contract`, () => {
    describeCommit(open);
    describeUnits(open);
    describeLeases(open);
    describeTrust(open);
    describeEvidence(open);
    describeLedger(open);
    describeCredit(open);
    describeRevocations(open);
    describeRetractions(open);
    describeJobs(open);
    describePages(open);
    describeModel(open);
  });
}
