import fc from 'fast-check';
import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { roundCeiling, throughputChart } from './throughput-chart.ts';

test('the scale ends at a round number that the curve never passes', () => {
  expect([0, 0.3, 1, 1.1, 4, 7, 41, 99, 101].map(roundCeiling)).toEqual([1, 0.5, 1, 2, 5, 10, 50, 100, 200]);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (peak) => {
      expect(roundCeiling(peak)).toBeGreaterThanOrEqual(peak * (1 - 1e-12));
      expect(roundCeiling(peak)).toBeLessThanOrEqual(peak * 10);
    }),
  );
});

test('[PG5] the chart has a name that sums it up, and its figures as a table, newest first', () => {
  const html = render(throughputChart([1, 2, 30], 30));
  expect(html).toContain('aria-label="Line chart, at most 30 units per second"');
  const rows = [...html.matchAll(/<td>(\d+ to \d+)<\/td><td class="number">(\d+)<\/td>/g)].map(([, ago, value]) => [ago, value]);
  expect(rows).toEqual([
    ['0 to 10', '30'],
    ['10 to 20', '2'],
    ['20 to 30', '1'],
  ]);
});

test('a chart of nothing draws no curve', () => {
  expect(render(throughputChart([], 0))).not.toContain('class="curve"');
  expect(render(throughputChart(Array(60).fill(0), 0))).not.toContain('NaN');
});
