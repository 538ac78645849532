/** The only source of chance. */
export interface Entropy {
  /** Uniform in [0, 1): for jitter. */
  random(): number;
}
