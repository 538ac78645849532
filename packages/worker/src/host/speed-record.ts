/** How fast a core of this machine is, measured once and remembered: for a month, and as long as the engine stays the same. */
import * as z from 'zod';
import type { DataFolder } from './data-folder.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

const speedRecordSchema = z.strictObject({
  format: z.literal(1),
  /** Of one core. */
  gflops: z.number().positive(),
  engine: z.string(),
  /** Epoch milliseconds. */
  measuredAt: z.int(),
});
type SpeedRecord = z.infer<typeof speedRecordSchema>;

export interface SpeedSource {
  readonly engine: string;
  now(): number;
  measure(): Promise<number>;
}

const MONTH_MS = 30 * 24 * 3_600_000;

export async function openSpeedRecord({ speed }: Pick<DataFolder, 'speed'>, { engine, now, measure }: SpeedSource): Promise<SpeedRecord> {
  const known = parseRecord(await readSmallFile(speed));
  const age = known === null ? 0 : now() - known.measuredAt;
  // A date in the future is that of a clock which was wrong.
  if (known !== null && known.engine === engine && age >= 0 && age < MONTH_MS) return known;
  const measured: SpeedRecord = { format: 1, gflops: Number((await measure()).toFixed(3)), engine, measuredAt: now() };
  await writeSmallFile(speed, `${JSON.stringify(measured)}\n`);
  return measured;
}

/** null: none, or a damaged one, which is no loss. */
function parseRecord(text: string | null): SpeedRecord | null {
  try {
    return speedRecordSchema.parse(JSON.parse(text ?? 'null'));
  } catch {
    return null;
  }
}
