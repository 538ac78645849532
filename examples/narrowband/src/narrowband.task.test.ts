import { readFile } from 'node:fs/promises';
import { FatalTaskError, type TaskContext } from '@manyhands/task-sdk';
import { expect, test } from 'vitest';
import { spoiledSubBand } from '../test/observations.ts';
import narrowband from './narrowband.task.ts';
import type { SubBand } from './sub-band.ts';

function context(): TaskContext & { readonly fractions: number[] } {
  const fractions: number[] = [];
  return {
    fractions,
    random: () => 0.5,
    progress: (fraction) => fractions.push(fraction),
    checkpoint: () => {},
    resume: null,
    log: () => {},
  };
}
const input = (): Promise<SubBand> =>
  spoiledSubBand(31, (samples, channels) => {
    for (let t = 0; t < 64; t++) samples[t * channels + 500 + t] = (samples[t * channels + 500 + t] as number) + 2e6;
  });

test('[NB14] equal inputs give equal findings, whatever was computed before', async () => {
  const first = await narrowband.run(await input(), context());
  expect(first.hits).toHaveLength(1);
  await narrowband.run(await spoiledSubBand(32, () => {}), context());
  expect(await narrowband.run(await input(), context())).toEqual(first);
});

test('[NB14] the task reports progress, forwards only and not too often', async () => {
  const ctx = context();
  await narrowband.run(await input(), ctx);
  expect(ctx.fractions.length).toBeGreaterThan(5);
  expect(ctx.fractions.length).toBeLessThan(25);
  expect(ctx.fractions.toSorted((a, b) => a - b)).toEqual(ctx.fractions);
});

test('[NB15] an input whose samples do not fit its size is refused for good', async () => {
  const { samples, ...rest } = await input();
  expect(() => narrowband.run({ ...rest, samples: samples.slice(1) }, context())).toThrow(FatalTaskError);
});

test('[NB15] the task and all that it imports use nothing of Node', async () => {
  const seen = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = await readFile(new URL(file, import.meta.url), 'utf8');
    for (const [, from] of source.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)';/gms)) {
      expect(from, file).toMatch(/^(\.\/|zod$|@manyhands\/task-sdk$)/);
      if (from?.startsWith('./')) await visit(from);
    }
  };
  await visit('./narrowband.task.ts');
  expect(seen.size).toBeGreaterThan(7);
});
