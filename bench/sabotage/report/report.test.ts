import { expect, test } from 'vitest';
import { type Cell, runCell } from '../cell.ts';
import { pictureOf } from './picture.ts';
import { tableOf } from './table.ts';

const SIZE = { units: 500, hosts: 20, wrongIn: 1000, seed: 1 };
const cells: Cell[] = [
  runCell({ scheme: 'none', scenario: 'constant-0.1', f: 0.2, ...SIZE }),
  runCell({ scheme: 'quorum-3', scenario: 'honest', f: 0, ...SIZE }),
  runCell({ scheme: 'boinc', scenario: 'defect-at-end', f: 0.05, ...SIZE }),
];
const [wrongCell] = cells as [Cell, ...Cell[]];

test('[SA18] a cell is what JSON can say', () => {
  expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
  expect(wrongCell).toMatchObject({ scheme: 'none', scenario: 'constant-0.1', f: 0.2, units: 500, hosts: 20, adverse: 4, honestBanned: 0 });
  expect(wrongCell.wrong).toBeGreaterThan(0);
  expect(wrongCell.wrongRate).toBe(wrongCell.wrong / 500);
  expect(wrongCell.priceOfALie).toBeGreaterThan(1);
});

test('[SA18] the table has a line for every cell, and shows a rate of nothing as what it is below', () => {
  const table = tableOf(cells);
  for (const { scheme } of cells) expect(table).toMatch(new RegExp(`^  ${scheme} `, 'm'));
  expect(table).toMatch(/quorum-3 +0 \(below 7\.6e-3\) +3\.00 +0 +- /);
  expect(table).toContain('constant-0.1, 20 % of the hosts');
  expect(table).toMatch(/worst: last/);
});

test('[SA18] the picture has a mark with words for every cell, a shape and a colour for every scheme, and both palettes', () => {
  const picture = pictureOf(cells);
  const marks = [...picture.matchAll(/<g><title>([^<]*)<\/title><use href="#(\w+)" class="mark (c\d)"/g)];
  expect(marks).toHaveLength(cells.length);
  expect(marks[0]?.[1]).toContain('none · constant-0.1 20 %');
  expect(new Set(marks.map(([, , shape]) => shape)).size).toBe(3);
  expect(new Set(marks.map(([, , , colour]) => colour)).size).toBe(3);
  for (const { scheme } of cells) expect(picture).toContain(`>${scheme}</text>`);
  expect(picture).toContain('prefers-color-scheme:dark');
});
