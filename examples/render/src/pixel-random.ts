/**
 * Uniform numbers in [0, 1) for one pixel, the same wherever and in whatever piece it is rendered. `ctx.random` is seeded by
 * the unit: with it a picture would depend on how it was cut into tiles.
 */
export function pixelRandom(x: number, y: number, seed: number): () => number {
  let state = scramble(scramble(scramble(seed) ^ x) ^ y);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (scramble(state) >>> 0) / 2 ** 32;
  };
}

/** A bijection of 32 bits in which every bit of the input moves every bit of the output (murmur3's finisher). */
function scramble(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
