/**
 * One unit on the author's own machine, in the sandbox that volunteers use, before anybody else is asked to compute it.
 * It runs twice, each time in a new runner: replicas of a unit must agree, and here they can be compared as they will be later.
 */
import { digestOf } from '@manyhands/identity';
import { type Digest, decodeValue, encodeValue, type Value } from '@manyhands/protocol';
import { type Execution, type ExecutionEvents, openIsolateSandbox, type Sandbox } from '@manyhands/sandbox';
import { type PackedTask, packTask } from './bundle/pack-task.ts';
import { checkInput, encodeText } from './inputs/input-encoder.ts';
import { SdkError } from './sdk-error.ts';
import type { AnyTask, InputOf, OutputOf, TaskFile } from './task-types.ts';
import { adviceOn } from './trial-advice.ts';

export interface TrialOptions {
  /** Seeds `Math.random` and `ctx.random`, as a unit's id does. Default: `try/0`. */
  readonly seed?: string;
  /** What `Date` shows, epoch milliseconds. Default: now. */
  readonly frozenAt?: number;
  /** State to go on from, as `ctx.checkpoint` was given it. */
  readonly resume?: Value;
  /** Where to run instead of a sandbox of one thread that is closed afterwards. */
  readonly sandbox?: Sandbox;
  readonly onProgress?: (fraction: number) => void;
  readonly onLog?: (line: string) => void;
}

export interface Trial<Output> {
  readonly output: Output;
  /** Canonical text: what replicas are compared by. */
  readonly text: string;
  /** Both runs gave the same text. */
  readonly deterministic: boolean;
  /** The two answers, and each with itself, agree as the task's policy says; null: under a proof nobody compares. */
  readonly agrees: boolean | null;
  /** What to do before volunteers are asked, in words; null: nothing. */
  readonly advice: string | null;
  /** The second run's text where it differs, else null. */
  readonly otherText: string | null;
  /** What the task's own proof says of the output; null for other policies. */
  readonly proven: boolean | null;
  /** Compute time of each run, milliseconds. */
  readonly elapsedMs: readonly [number, number];
  /** Lines of `ctx.log` in the first run. */
  readonly log: readonly string[];
  /** States given to `ctx.checkpoint` in the first run. */
  readonly checkpoints: readonly Value[];
  /** The layers of the sandbox that it ran in. */
  readonly layers: readonly string[];
}

/** Throws SdkError `task` when it does not bundle or the run fails, `input` when the input does not fit its schema. */
export async function tryTask<Task extends AnyTask>(
  task: Task | TaskFile,
  input: InputOf<Task>,
  options: TrialOptions = {},
): Promise<Trial<OutputOf<Task>>> {
  const packed = await packTask(task);
  await checkInput(packed.definition.input, input, 0);
  if (options.sandbox !== undefined) return trial(packed, input, options, options.sandbox);
  await using sandbox = await openIsolateSandbox({ threads: 1 });
  // Awaited here, or the sandbox would be closed first.
  return await trial(packed, input, options, sandbox);
}

async function trial<Output>(packed: PackedTask, input: unknown, options: TrialOptions, sandbox: Sandbox): Promise<Trial<Output>> {
  const unit = unitOf(input, options);
  const { events, log, checkpoints } = record(options);
  const first = await execute(packed, sandbox, { ...unit, entry: { kind: 'run' } }, events);
  const second = await execute(packed, sandbox, { ...unit, entry: { kind: 'run' } });
  const check = { ...unit, entry: { kind: 'check', output: first.text } } as const;
  const proven = packed.manifest.verify.kind === 'proof' ? (await execute(packed, sandbox, check)).text === 'true' : null;
  const deterministic = first.text === second.text;
  const agrees = await agreement(packed, sandbox, unit, [first.text, second.text]);
  return {
    output: decodeValue(first.text) as Output,
    text: first.text,
    deterministic,
    otherText: deterministic ? null : second.text,
    agrees,
    advice: adviceOn(packed.manifest, { deterministic, agrees }),
    proven,
    elapsedMs: [first.elapsedMs, second.elapsedMs],
    log,
    checkpoints,
    layers: sandbox.layers,
  };
}

function unitOf(input: unknown, { seed = 'try/0', frozenAt = Date.now(), resume }: TrialOptions): Omit<Execution, 'entry'> {
  const blobs = new Map<Digest, Uint8Array>();
  const text = encodeText(input, 0, blobs);
  return { id: 'try', input: text, blobs, seed, frozenAt, resume: resume === undefined ? null : encodeValue(resume) };
}

function record({ onProgress, onLog }: TrialOptions): { events: ExecutionEvents; log: string[]; checkpoints: Value[] } {
  const log: string[] = [];
  const checkpoints: Value[] = [];
  const events: ExecutionEvents = {
    onLog(line) {
      log.push(line);
      onLog?.(line);
    },
    onCheckpoint: (state) => void checkpoints.push(decodeValue(state)),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  return { events, log, checkpoints };
}

/** null: nobody will compare them. */
async function agreement(
  packed: PackedTask,
  sandbox: Sandbox,
  unit: Omit<Execution, 'entry'>,
  outputs: readonly [string, string],
): Promise<boolean | null> {
  const { verify } = packed.manifest;
  if (verify.kind === 'proof') return null;
  if (verify.agree.kind === 'exact') return outputs[0] === outputs[1];
  const pairs = [[0, 0], [1, 1], [0, 1]] as const; // biome-ignore format: a table
  const comparison = { agreement: verify.agree, outputs, pairs };
  const { text } = await execute(packed, sandbox, { ...unit, entry: { kind: 'agree', comparison } });
  return text === '111';
}

/** More than any verdict takes, whatever the task's outputs may take. */
const VERDICT_BYTES = 16;

/** One execution in a runner of its own. */
async function execute({ bundle, manifest, file }: PackedTask, sandbox: Sandbox, execution: Execution, events?: ExecutionEvents) {
  const limits = execution.entry.kind === 'run' ? manifest.limits : { ...manifest.limits, outputBytes: VERDICT_BYTES };
  await using runner = await sandbox.openRunner({ id: digestOf(bundle), bundle, limits, math: manifest.math });
  const outcome = await runner.run(execution, events);
  if (outcome.status === 'ok') return { text: outcome.output, elapsedMs: outcome.elapsedMs };
  const why = outcome.status === 'error' ? `${outcome.kind}: ${outcome.message}` : 'it was aborted';
  throw new SdkError('task', `The task ${file} computed nothing in the sandbox (${why}). Its input: ${execution.input.slice(0, 200)}`);
}
