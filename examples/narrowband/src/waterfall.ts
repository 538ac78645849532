/** The picture of a search: the whole observation with what was found in it, and the strongest detections from near. */
import { Canvas } from './canvas.ts';
import { drawDetection } from './detection-plot.ts';
import type { Detection } from './detections.ts';
import type { Filterbank } from './filterbank.ts';
import { drawOverview } from './overview-plot.ts';
import { BACKGROUND, FAINT, INK, MARGIN, PICTURE_WIDTH } from './picture-style.ts';
import { channelHz } from './search-plan.ts';

const OVERVIEW = { x: MARGIN, y: 92, width: PICTURE_WIDTH - 2 * MARGIN, height: 256 };
const PANELS_Y = OVERVIEW.y + OVERVIEW.height + 72;
const PANEL = { width: 280, height: 210 };
const GAP = { x: 16, y: 24 };
const COLUMNS = 4;
/** The strongest ones get a panel of their own. */
const MAX_PANELS = 12;

/** Writes a PNG. `detections`: the strongest first, as `detectionsOf` gives them. */
export async function writeWaterfall(path: string, filterbank: Filterbank, detections: readonly Detection[]): Promise<void> {
  const near = detections.slice(0, MAX_PANELS);
  const panelRows = Math.ceil(near.length / COLUMNS);
  const canvas = new Canvas(PICTURE_WIDTH, PANELS_Y + panelRows * (PANEL.height + GAP.y), BACKGROUND);
  drawTitle(canvas, filterbank, detections.length);
  await drawOverview(canvas, OVERVIEW, filterbank, detections);
  for (const [i, detection] of near.entries()) await drawDetection(canvas, panelArea(i), filterbank, detection, i + 1);
  if (near.length > 0) canvas.text(MARGIN, PANELS_Y - 24, panelsTitle(near.length, detections.length), FAINT);
  await canvas.write(path);
}

function drawTitle(canvas: Canvas, { header, spectra }: Filterbank, found: number): void {
  canvas.text(MARGIN, 20, header.sourceName.slice(0, 60), INK, 2);
  const band = `${header.channels} channels of ${inWords(channelHz(header))}`;
  const time = `${spectra} spectra of ${Number(header.spectrumSeconds.toPrecision(4))} s`;
  canvas.text(MARGIN, 42, `${band}, ${time}: ${found === 1 ? '1 detection' : `${found} detections`}`, FAINT);
}

function inWords(hertz: number): string {
  const [unit, size] = hertz >= 1e6 ? ['MHz', 1e6] : hertz >= 1e3 ? ['kHz', 1e3] : ['Hz', 1];
  return `${Number((hertz / Number(size)).toPrecision(4))} ${unit}`;
}

const panelsTitle = (shown: number, found: number): string =>
  `${shown < found ? `The ${shown} strongest of ${found} detections` : 'The detections'} from near; below each, the spectrum summed along its drift`;

function panelArea(i: number) {
  const [column, row] = [i % COLUMNS, Math.floor(i / COLUMNS)];
  return { x: MARGIN + column * (PANEL.width + GAP.x), y: PANELS_Y + row * (PANEL.height + GAP.y), ...PANEL };
}
