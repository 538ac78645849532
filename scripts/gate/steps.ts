/** The steps of the gate, cheapest first. */
import { provideChromium } from './chromium.ts';
import type { Step } from './step.ts';
import { provideStrace } from './strace.ts';

const MINUTE = 60_000;

const reportOf = (name: string): string => `.tmp/gate/${name}.json`;

const program = (name: string, checks: string, ...command: [string, ...string[]]): Step => ({
  name,
  checks,
  command,
  report: null,
  limitMs: 5 * MINUTE,
});

interface TestStep {
  readonly name: string;
  readonly checks: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly provide?: () => string | null;
}

const tests = ({ args, ...step }: TestStep): Step => ({
  ...step,
  command: ['vitest', 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(step.name)}`],
  report: reportOf(step.name),
});

/** Folders of test/ that start real processes: one file at a time, or they would measure each other. */
const alone = (name: string, checks: string, limitMs: number, provide?: () => string | null): Step =>
  tests({ name, checks, args: [`test/${name}/`, '--no-file-parallelism'], limitMs, ...(provide === undefined ? {} : { provide }) });

const STARTS_PROCESSES = ['e2e', 'crash', 'network', 'sandbox', 'browser'];

/** Where every branch is to be taken by a test. */
const COVERED = ['packages/protocol/src/**/*.ts', 'packages/*/src/domain/**/*.ts'];

export const STEPS: readonly Step[] = [
  program('lint', 'format, lint and walls', 'biome', 'check', '--error-on-warnings', '.'),
  program('types', 'types of all packages, tests and scripts', 'tsc', '--noEmit', '-p', 'tsconfig.json'),
  program('browser-types', 'types of what runs in browsers', 'tsc', '-p', 'packages/stats-page/src/browser/tsconfig.json'),
  tests({
    name: 'unit',
    checks: 'unit, property, contract, simulation and architecture tests; all branches of domain and protocol',
    args: [
      ...STARTS_PROCESSES.map((folder) => `--exclude=test/${folder}/**`),
      '--coverage.enabled',
      ...COVERED.map((glob) => `--coverage.include=${glob}`),
      '--coverage.exclude=**/*.{test,contract}.ts',
      '--coverage.reporter=text',
      '--coverage.skipFull',
      '--coverage.thresholds.branches=100',
      '--coverage.reportsDirectory=.tmp/gate/coverage',
    ],
    limitMs: 10 * MINUTE,
  }),
  alone('e2e', 'real coordinator, workers and sandboxes, end to end', 8 * MINUTE),
  alone('crash', 'kill -9, a disk that fails or is full, power cuts: nothing acknowledged is lost', 8 * MINUTE, provideStrace),
  alone('network', 'hostile frames, peers and networks against real coordinators and daemons', 8 * MINUTE),
  alone('sandbox', 'hostile tasks against every layer', 8 * MINUTE),
  alone('browser', 'the page in a real browser: accessibility, policy, keyboard, hostile names', 5 * MINUTE, provideChromium),
  program('knip', 'unused files, exports and dependencies', 'knip', '--no-progress'),
];
