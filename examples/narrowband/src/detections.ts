/** From the findings of overlapping sub-bands to one list of tones. */
import type { Findings, Hit } from './sub-band.ts';
import { isSameTone, type Resolution } from './tone.ts';

export interface VerifiedFindings {
  readonly output: Findings;
  /** Who computed it and agreed, by name. */
  readonly verifiedBy: readonly string[];
}

export interface Detection extends Hit {
  /** Everyone who verified a sub-band that shows it. */
  readonly verifiedBy: readonly string[];
}

/** Every tone once, as the sub-band that saw it best describes it; the strongest first. The order of results does not matter. */
export function detectionsOf(results: Iterable<VerifiedFindings>, resolution: Resolution): Detection[] {
  const hits = [...results].flatMap(({ output, verifiedBy }) => output.hits.map((hit): Detection => ({ ...hit, verifiedBy })));
  hits.sort((a, b) => b.snr - a.snr || a.frequencyMHz - b.frequencyMHz);
  const detections: Detection[] = [];
  for (const hit of hits) {
    const known = detections.findIndex((detection) => isSameTone(detection, hit, resolution));
    if (known < 0) detections.push(hit);
    else detections[known] = seenBy(detections[known] as Detection, hit.verifiedBy);
  }
  return detections;
}

const seenBy = (detection: Detection, others: readonly string[]): Detection => ({
  ...detection,
  verifiedBy: [...new Set([...detection.verifiedBy, ...others])].sort(),
});
