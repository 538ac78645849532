import { expect, test } from 'vitest';
import { countMarks, fillFigures } from './fill-figures.ts';

const FIGURES = {
  store: { units: 1_234_567, ratio: 0.123456, rate: 28_123.6, share: 0.9634, machine: { measuredAt: '2026-05-01T10:00:00.000Z' } },
  'two-words': { said: 'yes', nothing: null },
  attack: {
    cells: [
      { scheme: 'a', f: 0.05, wrong: 0 },
      { scheme: 'a', f: 0.2, wrong: 7 },
      { scheme: 'b', f: 0.2, wrong: 9 },
    ],
  },
};
const filled = (path: string): string => fillFigures(`x <!--=${path}-->old<!--/--> y`, FIGURES);

test.each([
  ['store.units', '1,234,567'],
  ['store.ratio', '0.123'],
  ['store.rate', '28,123.6'],
  ['store.share %', '96.3 %'],
  ['store.machine.measuredAt', '2026-05-01'],
  ['two-words.said', 'yes'],
  ['attack.cells[scheme=a,f=0.2].wrong', '7'],
  ['attack.cells[scheme=a,f=0.05].wrong', '0'],
])('%s is shown as %s, and keeps its mark', (path, shown) => {
  expect(filled(path)).toBe(`x <!--=${path}-->${shown}<!--/--> y`);
  expect(fillFigures(filled(path), FIGURES)).toBe(filled(path));
});

test.each([
  ['store.nothing', /there is no figure "store.nothing"/],
  ['nobody.units', /there is no figure/],
  ['two-words.nothing', /there is no figure/],
  ['store.machine', /there is no figure/],
  ['attack.cells[f=0.2].wrong', /names 2 figures/],
  ['attack.cells[f=1].wrong', /names 0 figures/],
  ['store.units[f=1]', /names 0 figures/],
  ['store.(x)', /no path/],
])('%s leads nowhere, and that is said', (path, message) => {
  expect(() => filled(path)).toThrow(message);
});

test('several marks of a line are filled, everything else stays', () => {
  const document = 'a <!--=store.units--><!--/--> b <!-- a comment --> <!--=two-words.said-->no<!--/-->.\n';
  expect(fillFigures(document, FIGURES)).toBe(
    'a <!--=store.units-->1,234,567<!--/--> b <!-- a comment --> <!--=two-words.said-->yes<!--/-->.\n',
  );
  expect(countMarks(document)).toBe(2);
});
