/**
 * What is left wrong by spot-checking a share `q` of n results with blacklist and backtracking, where a fraction `f` lies in a share `s`
 * of its results: s·f(1−qs)^n / ((1−f) + f(1−qs)^n)  (Sarmenta 2001).
 */
export function spotCheckError(q: number, n: number, f: number, s: number): number {
  const surviving = f * (1 - q * s) ** n;
  return (s * surviving) / (1 - f + surviving);
}
