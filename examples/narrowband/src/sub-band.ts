/** One unit of the search: a few channels of the observation, all its spectra, and what the task must know to search them. */
import * as z from 'zod';

export const subBandSchema = z.object({
  /** The file's channel that `samples` begin with, and how many they hold per spectrum. */
  firstChannel: z.int().nonnegative(),
  channels: z.int().positive(),
  spectra: z.int().min(2),
  /** The file's channels that this unit answers for, `searchTo` excluded; the others are there for lines that drift in and out. */
  searchFrom: z.int().nonnegative(),
  searchTo: z.int().positive(),
  /** The file's channel 0, and the way to the next channel (negative where frequencies fall). */
  firstChannelMHz: z.number(),
  channelStepMHz: z.number(),
  spectrumSeconds: z.number().positive(),
  maxDriftHzPerSecond: z.number().nonnegative(),
  threshold: z.number().positive(),
  /** `channels` samples of the first spectrum, then of the next, in the width they have in the file. */
  samples: z.union([z.instanceof(Uint8Array), z.instanceof(Uint16Array), z.instanceof(Float32Array)]),
});
export type SubBand = z.infer<typeof subBandSchema>;

/** A tone found. Its line: at `frequencyMHz` when the observation began, moving by `driftHzPerSecond` ever since. */
export const hitSchema = z.object({
  frequencyMHz: z.number(),
  driftHzPerSecond: z.number(),
  /** Height above the median of parallel lines, in units of their scatter. */
  snr: z.number(),
  widthHz: z.number(),
});
export type Hit = z.infer<typeof hitSchema>;

export const findingsSchema = z.object({
  /** The strongest first. */
  hits: z.array(hitSchema),
  /** Drifting lines that were summed and looked at. */
  lines: z.int(),
  /** The sub-band holds more than the hits named: it is full of interference. */
  crowded: z.boolean(),
});
export type Findings = z.infer<typeof findingsSchema>;
