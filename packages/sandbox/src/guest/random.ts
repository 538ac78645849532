/**
 * The only randomness in a task: sfc32 (Chris Doty-Humphrey's small fast counter generator), seeded by the unit's id,
 * so that every replica of a unit draws the same numbers on every machine.
 */

/** Uniform numbers in [0, 1) with 53 random bits. Equal seeds give equal sequences. */
export function createRandom(seed: string): () => number {
  const next = createSfc32(seed);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

function createSfc32(seed: string): () => number {
  let a = hash(seed, 0x9e3779b9);
  let b = hash(seed, 0x243f6a88);
  let c = hash(seed, 0xb7e15162);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum;
  };
  // The first draws still resemble the seed.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** FNV-1a over UTF-16 code units, from a basis of its own for each word of the generator's state. */
function hash(text: string, basis: number): number {
  let state = basis;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state;
}
