import { digestOf } from '@manyhands/identity';
import { type Agreement, type TaskManifest, taskManifestSchema, type VerifyPolicy } from '@manyhands/protocol';
import { type Agreeing, confidence, type VerifyPolicyOption } from '../define-task.ts';
import { SdkError } from '../sdk-error.ts';
import type { AnyTask } from '../task-types.ts';

export const DEFAULT_LIMITS = { memoryMB: 256, timeoutMs: 10 * 60_000, outputBytes: 1024 * 1024 } as const;
const DEFAULT_POLICY = confidence({ wrongIn: 10_000 });

/** What an author should write, for each field of the definition that reaches the manifest. */
const RULES: Readonly<Record<string, string>> = {
  name: 'lower-case letters, digits and dashes, beginning with a letter, at most 64',
  version: 'a semantic version such as 1.0.0',
  title: 'one line of at most 200 characters that tells volunteers what is computed',
  description: 'a text of at most 2,000 characters',
  url: 'an http or https address',
  license: 'an SPDX identifier such as MIT',
  limits: 'memoryMB 8 to 4096, timeoutMs 10 to 604,800,000, outputBytes 1 to 67,108,864',
  math: "'deterministic' or 'native'",
  engines: "'any' or 'alike'",
};

/** What volunteers are shown and asked to run. Throws SdkError `task` naming the field and what belongs there. */
export function taskManifest(definition: AnyTask, bundle: string, file: string): TaskManifest {
  const { name, version, title, description, url, license, verify = DEFAULT_POLICY, math = 'deterministic' } = definition;
  const engines = definition.engines ?? (math === 'native' ? 'alike' : 'any');
  const parsed = taskManifestSchema.safeParse({
    format: 1,
    name,
    version,
    title,
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
    license,
    bundle: digestOf(bundle),
    bundleBytes: Buffer.byteLength(bundle),
    limits: { ...DEFAULT_LIMITS, ...definition.limits },
    verify: policyOf(verify),
    math,
    // Said only when it matters: absent is `any`.
    ...(engines === 'any' ? {} : { engines }),
  });
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? 'definition');
  const given = JSON.stringify((definition as unknown as Record<string, unknown>)[field]);
  throw new SdkError(
    'task',
    given === undefined
      ? `The task ${file} cannot be used: it has no \`${field}\`. Add ${RULES[field] ?? 'it'}.`
      : `The task ${file} cannot be used: its \`${field}\` is ${given}. Write ${RULES[field] ?? parsed.error.issues[0]?.message}.`,
  );
}

function policyOf(verify: VerifyPolicyOption<unknown, unknown>): VerifyPolicy {
  if (verify.kind === 'proof') return { kind: 'proof' };
  const agree = agreementOf(verify);
  return verify.kind === 'quorum' ? { kind: 'quorum', k: verify.k, agree } : { kind: 'confidence', wrongIn: verify.wrongIn, agree };
}

/** The comparator itself is in the bundle. */
function agreementOf({ agree }: Agreeing<unknown>): Agreement {
  if (agree === undefined) return { kind: 'exact' };
  return typeof agree === 'function' ? { kind: 'author' } : { kind: 'within', abs: agree.abs, rel: agree.rel };
}
