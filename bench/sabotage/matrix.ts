/** Which cells a run consists of. */
import { SCENARIOS } from './adversaries/catalogue.ts';
import type { CellPlan } from './cell.ts';
import { SCHEMES } from './schemes/catalogue.ts';

export interface Choice {
  /** Names or beginnings of names; null: what `all` says. */
  readonly schemes: readonly string[] | null;
  readonly scenarios: readonly string[] | null;
  readonly fractions: readonly number[] | null;
  /** Everything where nothing is named; else the cells that tell most. */
  readonly all: boolean;
  readonly units: number;
  /** null: one for a thousand units, at least 20. */
  readonly hosts: number | null;
  readonly wrongIn: number;
  readonly seed: number;
}

const FRACTIONS = [0.01, 0.05, 0.2, 0.35];
const TELLING_FRACTIONS = [0.05, 0.2];
const TELLING_SCENARIOS = [
  'honest',
  'faults',
  'constant-0.1',
  'sleepers-10',
  'sleepers-50',
  'defect-at-end',
  'colluders',
  'framing',
  'hoarders',
  'canary-detectors',
];
/** A warning, not a proposal: only shown when asked for. */
const NOT_TELLING_SCHEMES = ['quorum-2-bans'];

const UNITS_PER_HOST = 1000;
const FEWEST_HOSTS = 20;

/** The names that are meant; an exact one means itself alone. null: there is no such name. */
function namesMeant(all: readonly string[], wanted: string): readonly string[] | null {
  if (all.includes(wanted)) return [wanted];
  const meant = all.filter((name) => name.startsWith(wanted));
  return wanted === '' || meant.length === 0 ? null : meant;
}

type Names = { readonly names: readonly string[] } | { readonly unknown: string };

function chosenNames(all: readonly string[], wanted: readonly string[] | null, otherwise: readonly string[]): Names {
  if (wanted === null) return { names: otherwise };
  const meant = wanted.map((name) => namesMeant(all, name));
  const at = meant.indexOf(null);
  return at === -1 ? { names: [...new Set(meant.flatMap((names) => names ?? []))] } : { unknown: wanted[at] as string };
}

/** The cells in the order in which they are shown; a text: what is wrong with the choice. */
export function cellPlans(choice: Choice): CellPlan[] | string {
  const [allSchemes, allScenarios] = [Object.keys(SCHEMES), Object.keys(SCENARIOS)];
  const tellingSchemes = allSchemes.filter((name) => !NOT_TELLING_SCHEMES.includes(name));
  const schemes = chosenNames(allSchemes, choice.schemes, choice.all ? allSchemes : tellingSchemes);
  const scenarios = chosenNames(allScenarios, choice.scenarios, choice.all ? allScenarios : TELLING_SCENARIOS);
  if ('unknown' in schemes) return `There is no scheme "${schemes.unknown}". The schemes are: ${allSchemes.join(', ')}.`;
  if ('unknown' in scenarios) return `There is no scenario "${scenarios.unknown}". The scenarios are: ${allScenarios.join(', ')}.`;
  const { units, wrongIn, seed, hosts = null } = choice;
  const fractions = choice.fractions ?? (choice.all ? FRACTIONS : TELLING_FRACTIONS);
  const size = { units, hosts: hosts ?? Math.max(FEWEST_HOSTS, Math.ceil(units / UNITS_PER_HOST)), wrongIn, seed };
  return scenarios.names.flatMap((scenario) =>
    (SCENARIOS[scenario]?.adverse === 'none' ? [0] : fractions).flatMap((f) =>
      schemes.names.map((scheme) => ({ scheme, scenario, f, ...size })),
    ),
  );
}
