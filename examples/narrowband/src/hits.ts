/**
 * From drifting lines to tones. One strong tone lifts every line that crosses it, so hits are found the way radio maps are
 * cleaned: take the strongest line, take its power out of the data, look again, until nothing stands out.
 */
import { clearLine, sumLine, sumLines } from './dedrift.ts';
import type { FlatBand } from './flat-band.ts';
import { robustScale, type Scale } from './robust-statistics.ts';

/** A line that stands out, in the band's own terms. */
export interface LineHit {
  /** Columns it moves over the observation, and the first line of those it covers at mid-observation. */
  readonly shift: number;
  readonly line: number;
  readonly columns: number;
  readonly snr: number;
}

export interface LineHits {
  /** The strongest first. */
  readonly hits: readonly LineHit[];
  /** The search ended before the band was empty. */
  readonly crowded: boolean;
}

/** The best line through one middle column: what it took to find it, so that it can be judged again. */
interface Candidate extends LineHit {
  readonly scale: Scale;
}

/** Tones are spread over neighbouring channels by the spectrometer and by drift within one spectrum. */
const WIDTHS = [1, 2, 4, 8] as const;
/** More than this in one sub-band is interference, and so is what needs more rounds. */
const MAX_HITS = 64;
const MAX_ROUNDS = 8;
/** A tone's skirts are taken out with it, down to this height. */
const SKIRT_SNR = 3;
const STILL_THERE = 0.9;
const PARTS = 8;
const BEST_PARTS = 3;
/** Of a steady tone's height four fifths remain without the best three eighths, less when noise helped it. */
const STEADY = 0.4;

export interface LineSearch {
  readonly shifts: readonly number[];
  readonly threshold: number;
  /** Called often, with the share of one round that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/** Takes what it finds out of `band`. */
export function findHits(band: FlatBand, search: LineSearch): LineHits {
  const hits: LineHit[] = [];
  for (let round = 0; round < MAX_ROUNDS && hits.length < MAX_HITS; round++) {
    const candidates = bestLines(band, search).filter((candidate) => candidate.snr >= search.threshold);
    const taken = takeOut(band, strongestFirst(candidates));
    if (taken.length === 0) return { hits: strongestFirst(hits), crowded: false };
    hits.push(...taken);
  }
  return { hits: strongestFirst(hits).slice(0, MAX_HITS), crowded: true };
}

const strongestFirst = <T extends LineHit>(lines: readonly T[]): T[] => [...lines].sort((a, b) => b.snr - a.snr || a.line - b.line);

/** For every middle column the line, of all shifts and widths, that stands out most. */
function bestLines(band: FlatBand, { shifts, onProgress }: LineSearch): Candidate[] {
  const best = new Array<Candidate>(band.lines);
  const sums = new Float32Array(band.lines);
  shifts.forEach((shift, i) => {
    sumLines(band.limited, band, shift, sums);
    for (const columns of WIDTHS) {
      if (columns > band.lines) break;
      if (columns > 1) addNeighbours(sums, columns / 2);
      const wholeSums = sums.subarray(0, band.lines - columns + 1);
      keepBest(best, wholeSums, { shift, columns, scale: robustScale(wholeSums) });
    }
    onProgress?.((i + 1) / shifts.length);
  });
  return best.filter((candidate) => candidate !== undefined);
}

/** Sums of n columns become sums of 2n. */
function addNeighbours(sums: Float32Array, distance: number): void {
  for (let n = 0; n + distance < sums.length; n++) sums[n] = (sums[n] as number) + (sums[n + distance] as number);
}

function keepBest(best: Candidate[], sums: Float32Array, found: Pick<Candidate, 'shift' | 'columns' | 'scale'>): void {
  const { median, spread } = found.scale;
  if (!(spread > 0)) return;
  for (let line = 0; line < sums.length; line++) {
    const snr = ((sums[line] as number) - median) / spread;
    const middle = line + (found.columns >> 1);
    if (snr > (best[middle]?.snr ?? Number.NEGATIVE_INFINITY)) best[middle] = { ...found, line, snr };
  }
}

/**
 * Takes the candidates' signals out, the strongest first, and returns them. A candidate that lost height meanwhile was,
 * at least in part, the shadow of a stronger one: the next round judges what is left of it.
 */
function takeOut(band: FlatBand, candidates: readonly Candidate[]): LineHit[] {
  const taken: LineHit[] = [];
  for (const candidate of candidates) {
    const { shift, line, columns, snr, scale } = candidate;
    const height = (sumLine(band.limited, band, shift, line, columns) - scale.median) / scale.spread;
    if (height < snr * STILL_THERE || !isSteady(band, candidate)) continue;
    taken.push({ shift, line, columns, snr: (sumLine(band.samples, band, shift, line, columns) - scale.median) / scale.spread });
    clearWithSkirts(band, { shift, line, columns });
  }
  return taken;
}

/**
 * A tone is there all the time. A burst, or a strong tone beyond the searched lines that this one merely crosses, is not:
 * without its best eighths, little is left of it.
 */
function isSteady(band: FlatBand, { shift, line, columns, snr, scale }: Candidate): boolean {
  const parts = Array.from({ length: PARTS }, (_, i) => {
    const from = Math.floor((i * band.spectra) / PARTS);
    const to = Math.floor(((i + 1) * band.spectra) / PARTS);
    return sumLine(band.limited, band, shift, line, columns, from, to) - (scale.median * (to - from)) / band.spectra;
  });
  const rest = parts.sort((a, b) => a - b).slice(0, PARTS - BEST_PARTS);
  const height = rest.reduce((sum, part) => sum + part, 0) / (scale.spread * Math.sqrt(rest.length / PARTS));
  return height >= snr * STEADY;
}

function clearWithSkirts(band: FlatBand, { shift, line, columns }: Omit<LineHit, 'snr'>): void {
  const sums = new Float32Array(band.lines);
  sumLines(band.limited, band, shift, sums);
  const { median, spread } = robustScale(sums);
  const standsOut = (n: number): boolean => ((sums[n] ?? median) - median) / spread > SKIRT_SNR;
  let from = line - 1;
  while (standsOut(from)) from--;
  let to = line + columns;
  while (standsOut(to)) to++;
  clearLine(band.limited, band, shift, from, to - from + 1);
  clearLine(band.samples, band, shift, from, to - from + 1);
}
