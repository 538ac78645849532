/** A line in time and frequency, in physical units, and when two of them are one tone. */

export interface Tone {
  /** When the observation began. */
  readonly frequencyMHz: number;
  readonly driftHzPerSecond: number;
}

/** What an observation can tell apart. */
export interface Resolution {
  readonly channelHz: number;
  readonly observationSeconds: number;
}

/** Two lines are one tone when they stay within a few channels of each other all the time. */
export const SAME_TONE_CHANNELS = 6;

export function isSameTone(a: Tone, b: Tone, { channelHz, observationSeconds }: Resolution): boolean {
  const apartHz = (a.frequencyMHz - b.frequencyMHz) * 1e6;
  const driftingApartHz = (a.driftHzPerSecond - b.driftHzPerSecond) * observationSeconds;
  return Math.max(Math.abs(apartHz), Math.abs(apartHz + driftingApartHz)) <= SAME_TONE_CHANNELS * channelHz;
}
