/** `node --conditions=source test/simulation/hunt-one.ts NAME`: one mutant, by its name or a part of it. */
import { huntMutant, rowOf } from './hunt.ts';
import { MUTANTS } from './mutants.ts';

const part = process.argv[2] ?? '';
for (const mutant of MUTANTS.filter(({ name }) => name.includes(part))) process.stdout.write(`${rowOf(await huntMutant(mutant))}\n`);
