/** CPU-bound work, once as text for a bundle and once to call in plain Node: the very same source. */
export const SPIN_SOURCE = `
function sieve(rounds) {
  let count = 0;
  for (let r = 0; r < rounds; r++) {
    const composite = new Uint8Array(200000);
    for (let i = 2; i < composite.length; i++) {
      if (composite[i]) continue;
      count++;
      for (let j = i * i; j < composite.length; j += i) composite[j] = 1;
    }
  }
  return count;
}
function mandelbrot(rounds) {
  let inside = 0;
  for (let r = 0; r < rounds; r++) {
    for (let y = 0; y < 60; y++) for (let x = 0; x < 80; x++) {
      let a = 0, b = 0, n = 0;
      const ca = x / 30 - 2, cb = y / 30 - 1;
      while (n < 200 && a * a + b * b < 4) { const t = a * a - b * b + ca; b = 2 * a * b + cb; a = t; n++; }
      if (n === 200) inside++;
    }
  }
  return inside;
}
function trees(rounds) {
  const build = (depth) => depth === 0 ? null : { left: build(depth - 1), right: build(depth - 1) };
  const count = (node) => node === null ? 0 : 1 + count(node.left) + count(node.right);
  let nodes = 0;
  for (let r = 0; r < rounds; r++) nodes += count(build(12));
  return nodes;
}
const spin = { sieve, mandelbrot, trees };
`;

/** A bundle whose task runs \`spin[input.kind](input.rounds)\`. */
export const SPIN_BUNDLE = `${SPIN_SOURCE}
const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } };
var manyhandsTask = { default: {
  name: 'spin', version: '1.0.0', title: 'Spin', license: 'MIT', input: anything, output: anything,
  verify: { kind: 'quorum', k: 1 }, run: ({ kind, rounds }) => spin[kind](rounds),
} };`;
