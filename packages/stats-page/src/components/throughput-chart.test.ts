import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { throughputChart } from './throughput-chart.ts';

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

test('[PG12] what is counted is called answered: under confidence it is not verified yet', () => {
  const html = render(throughputChart([1, 2], 2));
  expect(html).toContain('Units answered per second');
  expect(html).not.toContain('verified');
});
