/** What the search found: a table, a picture, and files for other programs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Screen, tableText } from '@manyhands/cli';
import { type Detection, type Filterbank, recallOf, type Truth, writeWaterfall } from '../../examples/narrowband/src/index.ts';

export interface DemoFinding {
  readonly filterbank: Filterbank;
  /** The strongest first. */
  readonly detections: readonly Detection[];
  /** What was put into the file; null: only the sky knows. */
  readonly truth: Truth | null;
  readonly job: { readonly id: string; readonly units: number; readonly elapsedMs: number };
}

const SHOWN_ROWS = 40;

export function detectionsText(detections: readonly Detection[], screen: Screen): string {
  if (detections.length === 0) return 'No narrowband signal above the threshold.';
  const rows = detections
    .slice(0, SHOWN_ROWS)
    .map(({ frequencyMHz, driftHzPerSecond, snr, verifiedBy }, i) => [
      String(i + 1),
      frequencyMHz.toFixed(6),
      driftHzPerSecond.toFixed(3),
      snr.toFixed(1),
      verifiedBy.join(', '),
    ]);
  const columns = [
    { title: '#', align: 'right' },
    { title: 'frequency (MHz)', align: 'right' },
    { title: 'drift (Hz/s)', align: 'right' },
    { title: 'S/N', align: 'right' },
    { title: 'verified by' },
  ] as const;
  const more = detections.length > SHOWN_ROWS ? `\n… and ${detections.length - SHOWN_ROWS} more in the files below.` : '';
  return tableText(columns, rows, screen.paintResult) + more;
}

/** null: nothing was injected. */
export function recallText(detections: readonly Detection[], truth: Truth | null): string | null {
  if (truth === null) return null;
  const { found, injected, missed, unexplained } = recallOf(detections, truth);
  const lines = [`${found} of ${injected} injected tones were found, with ${unexplained.length} false alarms.`];
  for (const { frequencyMHz, driftHzPerSecond, snr } of missed) {
    lines.push(`  missed: ${frequencyMHz.toFixed(6)} MHz, ${driftHzPerSecond.toFixed(3)} Hz/s, injected at S/N ${snr.toFixed(1)}`);
  }
  return lines.join('\n');
}

/** The paths written. */
export async function writeReport(folder: string, { filterbank, detections, truth, job }: DemoFinding): Promise<string[]> {
  const paths = { picture: join(folder, 'waterfall.png'), json: join(folder, 'detections.json'), csv: join(folder, 'detections.csv') };
  await writeWaterfall(paths.picture, filterbank, detections);
  const recall = truth === null ? null : recallOf(detections, truth);
  await writeFile(
    paths.json,
    `${JSON.stringify({ file: filterbank.path, job, injected: truth?.tones ?? null, recall, detections }, null, 2)}\n`,
  );
  await writeFile(paths.csv, csvText(detections));
  return Object.values(paths);
}

function csvText(detections: readonly Detection[]): string {
  const rows = detections.map(({ frequencyMHz, driftHzPerSecond, snr, widthHz, verifiedBy }) =>
    [frequencyMHz, driftHzPerSecond, snr, widthHz, `"${verifiedBy.join(' ').replaceAll('"', '""')}"`].join(','),
  );
  return `${['frequency_mhz,drift_hz_per_s,snr,width_hz,verified_by', ...rows].join('\n')}\n`;
}
