import type { ReadStore } from '../ports/read-store.ts';

/** The accounts with most credit, without what changes by itself as time goes by. */
export async function leadersOf(store: ReadStore, limit = 99) {
  const rows = await store.ranking('account', 'total', { limit, after: null });
  return rows.map(({ id, name, validResults, microcredits }) => ({ account: id, name, validResults, microcredits }));
}
