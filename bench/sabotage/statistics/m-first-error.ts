/**
 * How often m-first voting accepts a wrong answer, if each vote is for the same wrong answer with probability `wrong`:
 * Σ_{j=m}^{2m−1} C(2m−1, j) wrong^j (1−wrong)^(2m−1−j)  (Sarmenta 2001; Watanabe et al. 2009, eq. 7).
 */
export function mFirstError(m: number, wrong: number): number {
  const votes = 2 * m - 1;
  let [error, logChoose] = [0, 0];
  for (let j = 0; j <= votes; j++) {
    if (j > 0) logChoose += Math.log((votes - j + 1) / j);
    if (j >= m) error += Math.exp(logChoose + j * Math.log(wrong) + (votes - j) * Math.log1p(-wrong));
  }
  return error;
}

/** Results per unit that m-first voting needs, where `wrong` of them are wrong: m right ones, nearly always. */
export const mFirstRedundancy = (m: number, wrong: number): number => m / (1 - wrong);
