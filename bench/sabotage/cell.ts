/** One cell of the matrix: a scheme against a scenario. */
import { SCENARIOS } from './adversaries/catalogue.ts';
import { SCHEMES } from './schemes/catalogue.ts';
import { wilsonInterval } from './statistics/interval.ts';
import { hashText } from './world/draw.ts';
import { type Run, simulate } from './world/simulate.ts';
import { FAULTY, LIAR } from './world/tally.ts';

export interface CellPlan {
  readonly scheme: string;
  readonly scenario: string;
  /** 0 where nobody is adverse. */
  readonly f: number;
  readonly units: number;
  readonly hosts: number;
  readonly wrongIn: number;
  readonly seed: number;
}

export interface Cell extends CellPlan {
  /** Which of the scenario's variants did the most harm; '': it has one. */
  readonly variant: string;
  /** Machines that are not honest. */
  readonly adverse: number;
  /** Names they used; at least `adverse`. */
  readonly adverseIdentities: number;
  /** Units whose accepted answer is wrong at the end of the job. */
  readonly wrong: number;
  readonly wrongRate: number;
  /** 95 % interval of `wrongRate`. */
  readonly wrongLow: number;
  readonly wrongHigh: number;
  /** Units without an answer when the job ended: given up, or nobody was left to compute them. */
  readonly unanswered: number;
  /** Executions for each unit, hosts' and the coordinator's own. */
  readonly resultsPerUnit: number;
  readonly refereePerUnit: number;
  readonly checksPerUnit: number;
  /** Hosts that answered everything rightly and were banned. */
  readonly honestBanned: number;
  /** Hosts that mean well, err, and were banned. */
  readonly faultyBanned: number;
  readonly liarsBanned: number;
  /** Honest hosts that were ever told that an answer of theirs was not believed. */
  readonly honestBlamed: number;
  /** Right answers that liars gave for each wrong one accepted; null: no price buys one, or nobody lies. */
  readonly priceOfALie: number | null;
  /** Answers from a liar's first lie until it was found out, that lie included, on average; null: nobody was. */
  readonly detectionDelay: number | null;
  /** How many times longer the job took than if every machine had computed its share once. */
  readonly makespanFactor: number;
}

const SPEED_SPREAD = 0.5;

/** The population and what the adversary draws are the same for every scheme. */
const seedOf = ({ seed, scenario, f }: CellPlan): number => hashText(`${seed} ${scenario} ${f}`);

export function runCell(plan: CellPlan): Cell {
  const [scheme, scenario] = [SCHEMES[plan.scheme], SCENARIOS[plan.scenario]];
  if (scheme === undefined || scenario === undefined) throw new Error(`there is no cell ${plan.scheme} against ${plan.scenario}`);
  const cells = Object.entries(scenario.variants).map(([variant, adversary]) => {
    const adverseKind = scenario.adverse === 'faulty' ? FAULTY : LIAR;
    const run = simulate({ ...plan, adverseKind, spread: SPEED_SPREAD, seed: seedOf(plan) }, scheme, adversary);
    return toCell(plan, variant, run);
  });
  return cells.reduce((worst, cell) => (cell.wrong > worst.wrong ? cell : worst));
}

function toCell(plan: CellPlan, variant: string, { tally, adverse, makespanMs, idealMs }: Run): Cell {
  const { units } = plan;
  const { wrong, unanswered, results, refereeRuns, checks, rightByLiars, detectionDelay } = tally;
  const { low, high } = wilsonInterval(wrong, units);
  return {
    ...plan,
    variant,
    adverse,
    adverseIdentities: tally.identities - (plan.hosts - adverse),
    wrong,
    wrongRate: wrong / units,
    wrongLow: low,
    wrongHigh: high,
    unanswered,
    resultsPerUnit: (results + refereeRuns) / units,
    refereePerUnit: refereeRuns / units,
    checksPerUnit: checks / units,
    honestBanned: tally.bannedHosts[0],
    faultyBanned: tally.bannedHosts[2],
    liarsBanned: tally.bannedHosts[1],
    honestBlamed: tally.blamedHosts[0],
    priceOfALie: wrong === 0 || SCENARIOS[plan.scenario]?.adverse !== 'liars' ? null : rightByLiars / wrong,
    detectionDelay,
    makespanFactor: makespanMs / idealMs,
  };
}
