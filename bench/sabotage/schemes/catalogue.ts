/** Every scheme that can be run, by the name it has on the command line; our own first. */
import type { SchemeMaker } from '../world/scheme.ts';
import { adaptiveReplication } from './adaptive-replication.ts';
import { credibility } from './credibility.ts';
import { mFirst } from './m-first.ts';
import { PRODUCT } from './product/product.ts';
import { quorum } from './quorum.ts';
import { quorumWithBans } from './quorum-with-bans.ts';
import { spotCheck } from './spot-check.ts';

export const SCHEMES: Readonly<Record<string, SchemeMaker>> = {
  ...PRODUCT,
  none: quorum(1),
  'quorum-2': quorum(2),
  'quorum-3': quorum(3),
  'm-first': mFirst,
  'spot-check': spotCheck,
  credibility: credibility('blacklist'),
  'credibility-rejoin': credibility('rejoin'),
  boinc: adaptiveReplication,
  'quorum-2-bans': quorumWithBans(2),
};
