import { firstLayout } from './0001-first-layout.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, numbers from 1 without a gap. What once shipped never changes: migrations.test.ts pins the digest of each. */
export const MIGRATIONS: readonly Migration[] = [{ number: 1, name: 'first layout', sql: firstLayout }];
