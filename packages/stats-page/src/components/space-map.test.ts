import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { accountOf, sampleMap } from '../../test/sample-views.ts';
import { cellWords, spaceMap } from './space-map.ts';

test.each([
  [{ state: 'final', final: 100, total: 100, verifiedBy: ['Ada', 'Bo'] }, 'Units 400 to 499: verified by Ada and Bo'],
  [{ state: 'final', final: 1, total: 1, verifiedBy: [] }, 'Unit 400: verified'],
  [{ state: 'running', final: 40, total: 100, verifiedBy: ['Ada'] }, 'Units 400 to 499: under way, 40 of 100 verified by Ada'],
  [{ state: 'waiting', final: 0, total: 100, verifiedBy: [] }, 'Units 400 to 499: waiting'],
  [{ state: 'failed', final: 0, total: 100, verifiedBy: [] }, 'Units 400 to 499: failed'],
] as const)('[PG11] a cell says which units it holds, their state, and who verified them: %j', (cell, words) => {
  expect(cellWords({ ...cell, verifiedBy: [...cell.verifiedBy] }, 4, { unitsPerCell: 100 })).toBe(words);
});

test('[PG11] of a map that is shuffled no cell says which units it holds, and the page says why', () => {
  const shuffled = { unitsPerCell: 100, isShuffled: true };
  expect(cellWords({ state: 'final', final: 100, total: 100, verifiedBy: ['Ada'] }, 4, shuffled)).toBe('100 units: verified by Ada');
  expect(cellWords({ state: 'waiting', final: 0, total: 1, verifiedBy: [] }, 4, shuffled)).toBe('One unit: waiting');
  expect(render(spaceMap({ ...sampleMap(60), isShuffled: true }, 'Tones'))).toContain('shuffled until the job ends');
});

test('[PG13] a cell verified by an account without a name does not show its id', () => {
  expect(cellWords({ state: 'final', final: 1, total: 1, verifiedBy: [accountOf('b')] }, 0, { unitsPerCell: 1 })).toBe(
    'Unit 0: verified by Anonymous bbbb',
  );
});

test('[PG5] every cell is an item of a list that has a name, with its words in it', () => {
  const html = render(spaceMap(sampleMap(60), 'Tones'));
  expect(html.match(/<li /g)).toHaveLength(60);
  expect(html).toContain('Units 0 to 24: verified by Grace and Anonymous bbbb</span>');
  expect(html).toContain('Each square is 25 units of </span><span dir="auto">Tones</span>');
});

test('[PG6] a cell shows its state by a class of its own, and the key names every state that occurs', () => {
  const html = render(spaceMap(sampleMap(60), 'Tones'));
  for (const state of ['final', 'verifying', 'running', 'waiting', 'failed', 'cancelled']) expect(html).toContain(`cell is-${state}`);
  for (const label of ['Verified', 'In verification', 'Under way', 'Waiting', 'Failed', 'Cancelled'])
    expect(html).toContain(`</svg>${label}</span>`);
});

test('[PG12] a cell with work in it is under way: its units may be running, in verification or answered', () => {
  const html = render(spaceMap(sampleMap(60), 'Tones'));
  expect(html).toContain(': under way</span>');
  expect(html.replaceAll(/(is|tex)-running/g, '')).not.toMatch(/running/i);
});

test('few cells are drawn large, and none at all says why', () => {
  expect(render(spaceMap(sampleMap(10), 'Tones'))).toContain('map-few');
  expect(render(spaceMap(sampleMap(100), 'Tones'))).toContain('map-some');
  expect(render(spaceMap(sampleMap(400), 'Tones'))).toContain('map-many');
  expect(render(spaceMap({ unitsPerCell: 1, cells: [] }, 'Tones'))).toContain('until the first inputs arrive');
  expect(render(spaceMap({ ...sampleMap(6), unitsPerCell: 1 }, 'Tones'))).toContain('Each square is one unit');
});
