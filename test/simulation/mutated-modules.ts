/**
 * Loads the simulation with one mutant planted: the modules of the coordinator and of the simulation are loaded anew under an address that names the
 * mutant, and the text of the one it concerns is changed on the way. Any number of them live side by side in one process.
 */
import { registerHooks } from 'node:module';
import { MUTANTS, type Mutant } from './mutants.ts';

const SOURCES = new URL('../../packages/coordinator/src/', import.meta.url).href;
const SIMULATION = new URL('./', import.meta.url).href;
const KEY = 'mutant';

const isOurs = (url: string): boolean => url.startsWith(SOURCES) || url.startsWith(SIMULATION);
const mutantIn = (url: string | undefined): string | null => (url !== undefined && isOurs(url) ? new URL(url).searchParams.get(KEY) : null);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const number = mutantIn(context.parentURL);
    return number === null || !isOurs(resolved.url) ? resolved : { ...resolved, url: `${resolved.url}?${KEY}=${number}` };
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const mutant = MUTANTS[Number(mutantIn(url) ?? -1)];
    if (mutant === undefined || url.split('?')[0] !== `${SOURCES}${mutant.file}`) return loaded;
    return { ...loaded, source: mutated(String(loaded.source), mutant) };
  },
});

/** Throws where the mutant does not fit. */
export function mutated(source: string, { name, file, find, replace }: Mutant): string {
  const times = source.split(find).length - 1;
  if (times !== 1)
    throw new Error(
      `the mutant "${name}" is to be planted in ${file}, where its place is found ${times} times: fit it to what the file says now`,
    );
  return source.replace(find, () => replace);
}

export async function simulationWith(mutant: Mutant): Promise<typeof import('./simulation.ts')> {
  return (await import(`./simulation.ts?${KEY}=${MUTANTS.indexOf(mutant)}`)) as typeof import('./simulation.ts');
}
