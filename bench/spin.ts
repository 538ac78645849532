/** CPU-bound loads of three kinds: whole numbers in a typed array, floating point, many small objects. Each returns something, so that nothing is optimised away. */
export function sieve(rounds: number): number {
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    const composite = new Uint8Array(200_000);
    for (let i = 2; i < composite.length; i++) {
      if (composite[i] === 1) continue;
      count++;
      for (let j = i * i; j < composite.length; j += i) composite[j] = 1;
    }
  }
  return count;
}

export function mandelbrot(rounds: number): number {
  let inside = 0;
  for (let i = 0; i < rounds * 4800; i++) {
    const [re, im] = [(i % 80) / 30 - 2, ((i / 80) % 60) / 30 - 1];
    let [a, b, n] = [0, 0, 0];
    for (; n < 200 && a * a + b * b < 4; n++) {
      const next = a * a - b * b + re;
      b = 2 * a * b + im;
      a = next;
    }
    if (n === 200) inside++;
  }
  return inside;
}

interface Tree {
  readonly left: Tree | null;
  readonly right: Tree | null;
}
const grow = (depth: number): Tree | null => (depth === 0 ? null : { left: grow(depth - 1), right: grow(depth - 1) });
const count = (tree: Tree | null): number => (tree === null ? 0 : 1 + count(tree.left) + count(tree.right));

export function trees(rounds: number): number {
  let total = 0;
  for (let round = 0; round < rounds; round++) total += count(grow(12));
  return total;
}

/** What a unit costs that computes nothing. */
export const nothing = (): number => 0;

export const LOADS = { sieve, mandelbrot, trees, nothing } as const;
export type Load = keyof typeof LOADS;
