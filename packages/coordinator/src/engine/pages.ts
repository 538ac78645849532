/** Reads a list of units page by page, in order of index, to its end as it is then; or until `isStopped`, after which the store may be closed. */
import type { WorkUnit } from '../domain/work-unit.ts';

export async function* eachPage(
  read: (after: number, limit: number) => Promise<readonly WorkUnit[]>,
  pageUnits: number,
  isStopped: () => boolean,
): AsyncGenerator<readonly WorkUnit[]> {
  let after = -1;
  for (let isLast = false; !isLast && !isStopped(); ) {
    const page = await read(after, pageUnits);
    after = page.at(-1)?.index ?? after;
    isLast = page.length < pageUnits;
    yield page;
    // A store may answer at once: millions of units of which nothing is asked must not hold up everybody else.
    if (!isLast) await new Promise((resolve) => setImmediate(resolve));
  }
}
