import { expect, test } from 'vitest';
import { detectionsOf } from './detections.ts';
import { recallOf } from './recall.ts';
import type { Hit } from './sub-band.ts';

const resolution = { channelHz: 3, observationSeconds: 300 };
const hit = (frequencyMHz: number, driftHzPerSecond: number, snr: number): Hit => ({ frequencyMHz, driftHzPerSecond, snr, widthHz: 3 });
const found = (verifiedBy: string[], ...hits: Hit[]) => ({ output: { hits, lines: 1000, crowded: false }, verifiedBy });

const results = [
  found(['ada', 'bob'], hit(1420.1, 1, 20), hit(1420.3, -2, 12)),
  found(['bob', 'cyd'], hit(1420.100003, 1.01, 25)),
  found(['ada', 'cyd']),
];

test('[NB11] a tone that several sub-bands saw is one detection, described by the best view, verified by all of them', () => {
  expect(detectionsOf(results, resolution)).toEqual([
    { ...hit(1420.100003, 1.01, 25), verifiedBy: ['ada', 'bob', 'cyd'] },
    { ...hit(1420.3, -2, 12), verifiedBy: ['ada', 'bob'] },
  ]);
});

test('[NB11] the order of results does not matter', () => {
  expect(detectionsOf(results.toReversed(), resolution)).toEqual(detectionsOf(results, resolution));
});

test('[NB11] lines that begin together and part, or that cross, are different tones', () => {
  const parting = found(['ada'], hit(1420.1, 1, 20), hit(1420.1, -1, 15));
  const crossing = found(['ada'], hit(1420.1, 1, 20), hit(1420.1003, -1, 15));
  expect(detectionsOf([parting], resolution)).toHaveLength(2);
  expect(detectionsOf([crossing], resolution)).toHaveLength(2);
});

test('[NB12] recall names what was found, what was missed and what nobody put in', () => {
  const tones = [
    { frequencyMHz: 1420.1, driftHzPerSecond: 1, snr: 30 },
    { frequencyMHz: 1420.2, driftHzPerSecond: 0, snr: 30 },
  ];
  const detections = [hit(1420.100004, 1, 20), hit(1420.7, 0, 11)];
  expect(recallOf(detections, { tones, resolution })).toEqual({ injected: 2, found: 1, missed: [tones[1]], unexplained: [detections[1]] });
});
