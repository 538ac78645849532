import fc from 'fast-check';
import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { sampleUnits } from '../../test/sample-views.ts';
import { UNIT_STATES } from '../words/unit-states.ts';
import { legend, progressBar, segmentsOf } from './progress-bar.ts';
import { textures } from './textures.ts';

const anyUnits = fc
  .record({
    waiting: fc.nat(1e7),
    running: fc.nat(1e7),
    verifying: fc.nat(1e7),
    provisional: fc.nat(1e7),
    final: fc.nat(1e7),
    failed: fc.nat(1e7),
    cancelled: fc.nat(1e7),
  })
  .map((counts) => ({ ...counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) }));

test('a bar is filled exactly, and every state with a unit is visible', () => {
  fc.assert(
    fc.property(anyUnits, (units) => {
      const segments = segmentsOf(units);
      expect(segments.map(({ state }) => state)).toEqual(UNIT_STATES.map(({ state }) => state).filter((state) => units[state] > 0));
      for (const { width } of segments) expect(width).toBeGreaterThan(0.5);
      const end = segments.at(-1);
      if (end !== undefined) expect(end.from + end.width).toBeCloseTo(100, 6);
    }),
  );
});

test('[PG5] the bar has a name that sums it up, and the legend has its figures', () => {
  const html = render(progressBar(sampleUnits()));
  expect(html).toContain('aria-label="Units by state: verified 3,412, in verification 1,000, running 1,480, waiting 4,100, failed 8"');
  expect(
    render(progressBar(sampleUnits({ total: 0, waiting: 0, running: 0, verifying: 0, provisional: 0, final: 0, failed: 0 }))),
  ).toContain('none yet');
  const words = render(legend(sampleUnits()));
  for (const figure of ['3,412', '1,000', '1,480', '4,100', '34 %']) expect(words).toContain(figure);
  expect(words).not.toContain('Cancelled');
});

test('[PG6] every state is drawn in a fill of its own, which the page defines', () => {
  const fills = [...render(progressBar(sampleUnits({ cancelled: 5, provisional: 7 }))).matchAll(/fill="url\(#([\w-]+)\)"/g)].map(
    ([, name]) => name,
  );
  expect(new Set(fills).size).toBe(UNIT_STATES.length);
  const defined = [...render(textures()).matchAll(/<pattern id="([\w-]+)".*?<\/pattern>/gs)];
  expect(new Set(defined.map(([, name]) => name))).toEqual(new Set(fills));
});
