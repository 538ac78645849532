import { firstLayout } from './0001-first-layout.ts';
import { trust } from './0002-trust.ts';
import { credit } from './0003-credit.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, numbers from 1 without a gap. What once shipped never changes: migrate.test.ts pins the digest of each. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'first layout', sql: firstLayout },
  { number: 2, name: 'trust', sql: trust },
  { number: 3, name: 'credit', sql: credit },
];
