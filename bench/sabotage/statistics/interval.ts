const Z95 = 1.959963984540054;

/** Wilson's 95 % interval for a share of which `hits` in `trials` were seen. It takes trials for independent: wrong answers come in bunches, so the truth is somewhat wider. */
export function wilsonInterval(hits: number, trials: number): { readonly low: number; readonly high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const [share, z2] = [hits / trials, Z95 * Z95];
  const centre = share + z2 / (2 * trials);
  const half = Z95 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return { low: hits === 0 ? 0 : Math.max(0, (centre - half) / scale), high: hits === trials ? 1 : Math.min(1, (centre + half) / scale) };
}
