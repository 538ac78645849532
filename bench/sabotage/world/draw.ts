/** A number in [0, 1); the same seed and stream give the same numbers. */
export type Draw = () => number;

/** 32 bits of a text (FNV-1a), so that streams with different names are different. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A number in [0, 1) that depends on the two numbers alone: what all colluders agree on without talking. */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ (a >>> 16), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** sfc32. Its state lives in a typed array, because numbers above 2^30 in a closure would be allocated anew at every draw. */
export function createDraw(seed: number, stream: string): Draw {
  const state = Uint32Array.of(seed, Math.floor(seed / 2 ** 32), hashText(stream), 1);
  const draw = (): number => {
    const [a, b, c, d] = [state[0] as number, state[1] as number, state[2] as number, state[3] as number];
    const out = (a + b + d) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + out;
    state[3] = d + 1;
    return (out >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) draw();
  return draw;
}

/** A standard normal number (Box-Muller). */
export const drawNormal = (draw: Draw): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
