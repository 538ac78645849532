/** Reads a list of units page by page, in order of index, to its end as it is then. */
import type { WorkUnit } from '../domain/work-unit.ts';

export async function* eachPage(
  read: (after: number, limit: number) => Promise<readonly WorkUnit[]>,
  pageUnits: number,
): AsyncGenerator<readonly WorkUnit[]> {
  let after = -1;
  for (let isLast = false; !isLast; ) {
    const page = await read(after, pageUnits);
    after = page.at(-1)?.index ?? after;
    isLast = page.length < pageUnits;
    yield page;
  }
}
