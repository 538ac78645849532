import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { search, smallWith, temporaryFolder, toneIn } from '../test/observations.ts';
import { openFilterbank } from './filterbank.ts';
import { MARK, PICTURE_WIDTH } from './picture-style.ts';
import { generateObservation, type Observation } from './synthesis.ts';
import { writeWaterfall } from './waterfall.ts';

async function pictureOf(observation: Observation): Promise<{ png: PNG; detections: number }> {
  await using folder = await temporaryFolder();
  const [path, picture] = [join(folder.path, 'a.fil'), join(folder.path, 'a.png')];
  await generateObservation(path, 1, observation);
  const detections = await search(path);
  await using filterbank = await openFilterbank(path);
  await writeWaterfall(picture, filterbank, detections);
  return { png: PNG.sync.read(await readFile(picture)), detections: detections.length };
}

function marksIn({ data }: PNG): number {
  let marks = 0;
  for (let i = 0; i < data.length; i += 4) if (MARK.every((value, channel) => data[i + channel] === value)) marks++;
  return marks;
}

test('[NB13] the picture marks what was found and grows a panel for it', async () => {
  const { header } = smallWith({});
  const empty = await pictureOf(smallWith({}));
  const found = await pictureOf(smallWith({}, [toneIn(header, 300, 2, 90), toneIn(header, 700, -1, 90)]));
  expect(empty.detections).toBe(0);
  expect(marksIn(empty.png)).toBe(0);
  expect(empty.png.width).toBe(PICTURE_WIDTH);
  expect(found.detections).toBe(2);
  expect(marksIn(found.png)).toBeGreaterThan(100);
  expect(found.png.height).toBeGreaterThan(empty.png.height);
});

test('[NB13] a file with fewer channels and spectra than the picture has pixels is drawn too', async () => {
  const { png } = await pictureOf({ ...smallWith({ channels: 8, sourceName: 'Ünknown ☄ source' }), spectra: 4 });
  expect(png.width).toBe(PICTURE_WIDTH);
});
