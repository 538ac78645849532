/** A coordinator as its author sees it: publish tasks, map them over inputs, find jobs again. */
import { randomUUID } from 'node:crypto';
import { signTask } from '@manyhands/identity';
import type { CreateJob, JobId, ProjectView, TaskId } from '@manyhands/protocol';
import { jobIdSchema } from '@manyhands/protocol';
import type { AuthorFile } from './author-file.ts';
import { type PackedTask, packTask } from './bundle/pack-task.ts';
import { GridJob, type StartedJob } from './grid-job.ts';
import { BoundedBlobs } from './http/bounded-blobs.ts';
import type { CoordinatorApi } from './http/coordinator-api.ts';
import type { Timing } from './http/patience.ts';
import { checkInput } from './inputs/input-encoder.ts';
import { type Inputs, isFormula } from './inputs/ranges.ts';
import { UnitSender } from './inputs/unit-sender.ts';
import type { Failures } from './results/unit-result.ts';
import { SdkError } from './sdk-error.ts';
import type { AnyTask, InputOf, OutputOf, TaskFile } from './task-types.ts';

export interface MapOptions<F extends Failures = Failures> {
  /** Shown on the job's page. Default: the task's title. */
  readonly title?: string;
  /**
   * Names the job among this author's: mapping the same inputs again under the same key goes on with the job that is there,
   * so that a script may simply be run again. At least 8 characters. Default: a new job each time.
   */
  readonly key?: string;
  /** −10 to 10; higher goes first. Default: 0. */
  readonly priority?: number;
  /** How long a volunteer may be silent about a unit before it is given to another, milliseconds. Default: 2 minutes. */
  readonly leaseMs?: number;
  /** Leaves the job open for `job.add(…)` until `job.close()`. */
  readonly open?: boolean;
  readonly failures?: F;
  /** Told after each chunk of inputs that is durable at the coordinator: how many so far. */
  readonly onSent?: (count: number) => void;
}

export interface GridParts {
  readonly api: CoordinatorApi;
  readonly project: ProjectView;
  readonly author: AuthorFile | null;
  readonly timing: Timing;
  readonly signal?: AbortSignal | undefined;
}

export class Grid implements AsyncDisposable {
  readonly project: ProjectView;
  readonly api: CoordinatorApi;
  readonly #parts: GridParts;
  readonly #blobs: BoundedBlobs;
  readonly #disposed = new AbortController();
  readonly #closed: AbortSignal;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(parts: GridParts) {
    this.#parts = parts;
    this.api = parts.api;
    this.project = parts.project;
    this.#blobs = new BoundedBlobs(parts.api);
    this.#closed = parts.signal === undefined ? this.#disposed.signal : AbortSignal.any([this.#disposed.signal, parts.signal]);
  }

  get url(): string {
    return this.api.requester.url;
  }

  /** Bundles, signs and stores a task. Publishing the same code again changes nothing. */
  async publish(task: AnyTask | TaskFile): Promise<{ readonly id: TaskId; readonly packed: PackedTask }> {
    const { author } = this.#parts;
    if (author === null) {
      throw new SdkError(
        'config',
        'Publishing a task needs an author file, which holds the key that signs it. Pass its path (`--author`, connect({ authorFile })) or set MANYHANDS_AUTHOR.',
      );
    }
    const packed = await packTask(task);
    const { id, signed } = signTask(packed.manifest, author.keyPair, author.certificate);
    await this.#blobs.put(packed.manifest.bundle, Buffer.from(packed.bundle));
    await this.api.publishTask(signed);
    return { id, packed };
  }

  /**
   * Computes `task` for each input. Returns at once, and not a promise: await the job for all results,
   * or iterate it for each result as soon as it is believed.
   */
  map<Task extends AnyTask, F extends Failures = 'values'>(
    task: Task | TaskFile,
    inputs: Inputs<InputOf<Task>>,
    options: MapOptions<F> = {},
  ): GridJob<InputOf<Task>, OutputOf<Task>, F> {
    const started = this.#start(task, inputs, options);
    const sent = started.then((job) => this.#send(job, inputs, options));
    const settled = sent.catch(() => {}).finally(() => this.#sending.delete(settled));
    this.#sending.add(settled);
    return this.#job({ started, sent, failures: options.failures });
  }

  /** Finds a job again; `grid.job<typeof collatz>(id)` says what its inputs and outputs are. */
  job<Task extends AnyTask, F extends Failures = 'values'>(
    id: string,
    { failures }: { readonly failures?: F } = {},
  ): GridJob<InputOf<Task>, OutputOf<Task>, F> {
    const started = this.#find(id);
    return this.#job({ started, sent: started.then(() => undefined), failures });
  }

  /** Waits until the inputs of all jobs are sent, then ends all streams of results. Jobs go on without us. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sending);
    this.#disposed.abort(new SdkError('config', 'This connection was closed. Connect again and find the job with grid.job(id).'));
  }

  #job<Input, Output, F extends Failures>(life: {
    started: Promise<StartedJob>;
    sent: Promise<void>;
    failures: F | undefined;
  }): GridJob<Input, Output, F> {
    return new GridJob({ ...life, api: this.api, blobs: this.#blobs, closed: this.#closed, timing: this.#parts.timing });
  }

  async #start(task: AnyTask | TaskFile, inputs: Inputs<unknown>, options: MapOptions): Promise<StartedJob> {
    const { id: taskId, packed } = await this.publish(task);
    await checkKnownInputs(packed.definition, inputs);
    const { title, key, priority, leaseMs } = options;
    const request: CreateJob = {
      task: taskId,
      title: title ?? packed.manifest.title,
      key: key ?? randomUUID(),
      inputs: isFormula(inputs) ? inputs.source : { kind: 'stream' },
      ...(priority === undefined ? {} : { priority }),
      ...(leaseMs === undefined ? {} : { leaseMs }),
    };
    const { id } = await this.api.createJob(request);
    return { id, sender: this.#sender(id, packed.definition, options.onSent) };
  }

  async #find(id: string): Promise<StartedJob> {
    const parsed = jobIdSchema.safeParse(id);
    if (!parsed.success) throw new SdkError('input', `"${id}" is no job's id; one looks like job_ and 22 more characters.`);
    await this.api.job(parsed.data);
    return { id: parsed.data, sender: null };
  }

  #sender(id: JobId, definition: AnyTask, onSent: MapOptions['onSent']): UnitSender {
    return new UnitSender(id, { api: this.api, blobs: this.#blobs, timing: this.#parts.timing, schema: definition.input, onSent });
  }

  async #send({ id, sender }: StartedJob, inputs: Inputs<unknown>, { open = false }: MapOptions): Promise<void> {
    if (isFormula(inputs) || sender === null) return;
    try {
      await sender.send(inputs, { close: !open, checked: Array.isArray(inputs) });
    } catch (error) {
      // Nobody can close it any more; left open it would never end.
      await this.api.cancelJob(id).catch(() => {});
      throw error;
    }
  }
}

/** What is known before the job exists is checked before it exists: whole arrays, and both ends of a formula. */
async function checkKnownInputs(task: AnyTask, inputs: Inputs<unknown>): Promise<void> {
  if (isFormula(inputs)) {
    for (const row of new Set([0, inputs.count - 1])) await checkInput(task.input, inputs.at(row), row);
  } else if (Array.isArray(inputs)) {
    for (const [row, value] of inputs.entries()) {
      const checked = checkInput(task.input, value, row);
      if (checked !== undefined) await checked;
    }
  }
}
