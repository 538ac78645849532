/** Every scenario that can be run, by its name on the command line. A family (`sleepers`) stands for all that begin with its name. */
import type { AdversaryMaker } from '../world/adversary.ts';
import { canaryDetectors } from './canary-detectors.ts';
import { churn } from './churn.ts';
import { colluders } from './colluders.ts';
import { constantLiars, coordinatedLiars } from './constant-liars.ts';
import { defectors } from './defectors.ts';
import { faults } from './faults.ts';
import { framers } from './framers.ts';
import { cherryPickers, hoarders } from './hoarders.ts';
import { honest } from './honest.ts';
import { optimalLiars } from './optimal-liars.ts';
import { pickyAuditors } from './picky-auditors.ts';
import { sleepers } from './sleepers.ts';

export interface Scenario {
  /** `none`: the fraction f has no meaning. `faulty`: its hosts mean well. */
  readonly adverse: 'none' | 'liars' | 'faulty';
  /** The worst of them is reported, by the number of wrong answers. */
  readonly variants: Readonly<Record<string, AdversaryMaker>>;
}

const ONLY = '';
const liars = (maker: AdversaryMaker): Scenario => ({ adverse: 'liars', variants: { [ONLY]: maker } });

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  honest: { adverse: 'none', variants: { [ONLY]: honest } },
  faults: { adverse: 'faulty', variants: { [ONLY]: faults } },
  'constant-0.01': liars(constantLiars(0.01)),
  'constant-0.1': liars(constantLiars(0.1)),
  'constant-1': liars(constantLiars(1)),
  'coordinated-0.01': liars(coordinatedLiars(0.01)),
  'coordinated-0.1': liars(coordinatedLiars(0.1)),
  optimal: liars(optimalLiars),
  'sleepers-10': liars(sleepers(10)),
  'sleepers-20': liars(sleepers(20)),
  'sleepers-50': liars(sleepers(50)),
  'sleepers-200': liars(sleepers(200)),
  'defect-at-end': {
    adverse: 'liars',
    variants: { 'last 0.5 %': defectors(0.005), 'last 2 %': defectors(0.02), 'last 10 %': defectors(0.1) },
  },
  colluders: liars(colluders),
  churn: liars(churn),
  framing: { adverse: 'liars', variants: { 'after 0': framers(0), 'after 10': framers(10) } },
  hoarders: liars(hoarders),
  'cherry-pickers': liars(cherryPickers),
  'picky-auditors': {
    adverse: 'liars',
    variants: {
      'lie on 1 %, all they can': pickyAuditors(0.01, Number.POSITIVE_INFINITY),
      'lie on 10 %, all they can': pickyAuditors(0.1, Number.POSITIVE_INFINITY),
      'lie on 1 %, one in five': pickyAuditors(0.01, 0.25),
      'lie on 10 %, one in five': pickyAuditors(0.1, 0.25),
    },
  },
  'canary-detectors': { adverse: 'liars', variants: { 'after 0': canaryDetectors(0), 'after 20': canaryDetectors(20) } },
};
