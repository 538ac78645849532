import type { AdversaryMaker } from '../world/adversary.ts';
import { constantLiars } from './constant-liars.ts';

/** What liars reckon with: one result in ten is checked. */
const CHECKED_SHARE = 0.1;

/** The share 1/(q(n+1)) that leaves most wrong answers behind where results are spot-checked, with n results for each host. */
export const optimalLiars: AdversaryMaker = (insight) => constantLiars(1 / (CHECKED_SHARE * (insight.units / insight.hosts + 1)))(insight);
