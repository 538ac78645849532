/** How fast one core of this machine is with numbers, in this engine: products of matrices so small that they stay in its cache. */
import { setImmediate } from 'node:timers/promises';

const SIZE = 48;
const FLOP_PER_PRODUCT = 2 * SIZE ** 3;
const SLICES = 15;
const SLICE_MS = 20;

/**
 * 10^9 floating-point operations a second; takes about 0.3 s, in slices, so that whatever else this process does goes on in between. The best
 * slice counts: others were shared with another program, or came before the engine had compiled the loop. `now`: milliseconds.
 */
export async function measureGflops(now: () => number = () => performance.now()): Promise<number> {
  let [values, spare] = [filled((i) => 1 + (i % 7)), filled(() => 0)];
  // Each product is a mean of rows, so that values neither grow nor vanish.
  const weights = filled(() => 1 / SIZE);
  let best = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    const startedAt = now();
    let products = 0;
    let ms = 0;
    for (; ms < SLICE_MS; ms = now() - startedAt, products++) {
      multiply(values, weights, spare);
      [values, spare] = [spare, values];
    }
    best = Math.max(best, (products * FLOP_PER_PRODUCT) / (ms * 1e6));
    await setImmediate();
  }
  return best;
}

const filled = (value: (i: number) => number): Float64Array => Float64Array.from({ length: SIZE * SIZE }, (_, i) => value(i));

function multiply(a: Float64Array, b: Float64Array, product: Float64Array): void {
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) sum += (a[row * SIZE + k] as number) * (b[k * SIZE + column] as number);
      product[row * SIZE + column] = sum;
    }
  }
}
