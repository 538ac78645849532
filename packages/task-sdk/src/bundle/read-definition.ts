/** Runs a bundle in the author's own process to learn what it defines. It is the author's code; volunteers run it in the sandbox. */
import { compileFunction } from 'node:vm';
import { SdkError } from '../sdk-error.ts';
import type { AnyTask } from '../task-types.ts';

/** What Node has and no isolate does: hidden, so that a task that needs them to load fails here and not with the volunteers. */
const NODE_ONLY = [
  'process',
  'Buffer',
  'require',
  'module',
  'global',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'performance',
  'crypto',
  'navigator',
];

/** The task that a bundle's default export defines, checked as far as a manifest does not. Throws SdkError `task`. */
export function readDefinition(bundle: string, file: string): AnyTask {
  const definition = loadDefault(bundle, file);
  const problem = problemWith(definition);
  if (problem !== null) throw new SdkError('task', `The task ${file} cannot be used: ${problem}`);
  return definition as AnyTask;
}

function loadDefault(bundle: string, file: string): unknown {
  try {
    const load = compileFunction(`${bundle}\nreturn manyhandsTask;`, NODE_ONLY, { filename: `${file} (bundled)` });
    return (load() as { default?: unknown }).default;
  } catch (error) {
    const { name, message } = error as Error;
    throw new SdkError(
      'task',
      `The task ${file} fails as soon as it is loaded: ${name}: ${message}. ` +
        `Volunteers load it without Node's globals (no process, Buffer, timers, fetch or crypto); use them in the script that submits the job.`,
      { cause: error },
    );
  }
}

/** null: nothing is wrong. */
function problemWith(definition: unknown): string | null {
  if (definition === undefined) return 'it has no default export. Write `export default defineTask({ … })`.';
  if (typeof definition !== 'object' || definition === null) {
    return `its default export is ${definition === null ? 'null' : `a ${typeof definition}`}. Write \`export default defineTask({ … })\`.`;
  }
  const { run, input, output, verify } = definition as { run?: unknown; input?: unknown; output?: unknown; verify?: unknown };
  if (run === undefined) return 'it has no `run`. Add `run(input, ctx) { … }`, the function that computes one unit.';
  if (typeof run !== 'function') return `its \`run\` is ${nameOf(run)}, not a function. Write \`run(input, ctx) { … }\`.`;
  if (!isSchema(input)) return `its \`input\` is ${nameOf(input)}, not a Standard Schema. Use zod, valibot, arktype or another.`;
  if (!isSchema(output)) return `its \`output\` is ${nameOf(output)}, not a Standard Schema. Use zod, valibot, arktype or another.`;
  return policyProblem(verify);
}

function policyProblem(verify: unknown): string | null {
  // The default policy has no fault.
  if (verify === undefined) return null;
  const { kind, k, wrongIn, check, agree } = (verify ?? {}) as { [name: string]: unknown };
  if (kind === 'quorum') {
    if (!isWhole(k, 1, 5)) return `quorum(${String(k)}) asks for that many agreeing results; say a whole number from 1 to 5.`;
    return agreementProblem(agree);
  }
  if (kind === 'confidence') {
    if (!isWhole(wrongIn, 10, 1_000_000_000))
      return `confidence({ wrongIn: ${String(wrongIn)} }) allows one wrong answer in that many; say a whole number from 10 to 1,000,000,000.`;
    return agreementProblem(agree);
  }
  if (kind === 'proof') return typeof check === 'function' ? null : 'its proof has no check. Write `proof((input, output) => …)`.';
  return 'its `verify` is no policy. Write `confidence({ wrongIn: 10_000 })`, `quorum(2)` or `proof((input, output) => …)`.';
}

function agreementProblem(agree: unknown): string | null {
  if (agree === undefined || typeof agree === 'function') return null;
  const { kind, abs, rel } = (agree ?? {}) as { [name: string]: unknown };
  if (kind !== 'within') return `its \`agree\` is ${nameOf(agree)}. Write \`within({ rel: 1e-9 })\` or \`(a, b) => …\`.`;
  const isTolerance = isBetween(abs, 0, Number.MAX_VALUE) && isBetween(rel, 0, 1) && (abs !== 0 || rel !== 0);
  return isTolerance
    ? null
    : `within({ abs: ${String(abs)}, rel: ${String(rel)} }) is no tolerance: \`abs\` is 0 or more, \`rel\` from 0 to 1, and one of them above 0.`;
}

const isBetween = (n: unknown, least: number, most: number): boolean => typeof n === 'number' && n >= least && n <= most;
const isWhole = (n: unknown, least: number, most: number): boolean => Number.isInteger(n) && isBetween(n, least, most);

const nameOf = (value: unknown): string => (value === undefined ? 'missing' : value === null ? 'null' : `a ${typeof value}`);

// A schema may be an object or a callable (arktype).
const isSchema = (value: unknown): boolean =>
  value !== null && (typeof value === 'object' || typeof value === 'function') && '~standard' in (value as object);
