/** Runs the spin source in plain Node: reads `kind rounds` lines, answers milliseconds, one line each. */
import { createInterface } from 'node:readline';
import { Script } from 'node:vm';
import { SPIN_SOURCE } from './spin-task.ts';

const spin = new Script(`${SPIN_SOURCE}; spin`).runInThisContext() as Record<string, (rounds: number) => number>;

for await (const line of createInterface({ input: process.stdin })) {
  const [kind = '', rounds = '1'] = line.split(' ');
  const startedAt = performance.now();
  spin[kind]?.(Number(rounds));
  process.stdout.write(`${performance.now() - startedAt}\n`);
}
