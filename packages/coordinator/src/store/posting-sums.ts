/** What postings come to. Revocations are negative, so that everything granted and taken back sums to nothing (I23). */
import { contradiction, type StoreError } from '../disk/store-error.ts';
import type { Posting } from '../domain/change-set.ts';

/** Valid results that stand: a revocation takes one away. */
export const validIn = (postings: readonly Posting[]): number =>
  postings.reduce((sum, { kind }) => (kind === 'valid-result' ? sum + 1 : sum - 1), 0);

export const microcreditsIn = (postings: readonly Posting[]): number => postings.reduce((sum, { microcredits }) => sum + microcredits, 0);

export const neverGranted = (unit: string, no: number): StoreError =>
  contradiction(`the change takes back what replica ${no} of unit ${unit} was never granted`);
