/** Detections against the truth. */
import type { InjectedTone, Truth } from './synthesis.ts';
import { isSameTone, type Tone } from './tone.ts';

export interface Recall<T extends Tone> {
  readonly injected: number;
  readonly found: number;
  readonly missed: readonly InjectedTone[];
  /** Detections that are none of the injected tones: false alarms. */
  readonly unexplained: readonly T[];
}

export function recallOf<T extends Tone>(detections: readonly T[], { tones, resolution }: Truth): Recall<T> {
  const missed = tones.filter((tone) => !detections.some((detection) => isSameTone(detection, tone, resolution)));
  const unexplained = detections.filter((detection) => !tones.some((tone) => isSameTone(detection, tone, resolution)));
  return { injected: tones.length, found: tones.length - missed.length, missed, unexplained };
}
