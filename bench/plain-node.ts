/** Runs the loads in plain Node: reads `kind rounds` lines, answers milliseconds, one line each. */
import { createInterface } from 'node:readline';
import { LOADS, type Load } from './spin.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const [kind = 'sieve', rounds = '1'] = line.split(' ');
  const startedAt = performance.now();
  LOADS[kind as Load](Number(rounds));
  process.stdout.write(`${performance.now() - startedAt}\n`);
}
