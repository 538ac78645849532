import { certificateSchema } from '@manyhands/protocol';
import type { AuthorFile } from './author-file.ts';
import { type ConnectionChoice, type ConnectionSettings, resolveConnection } from './connection-settings.ts';
import { Grid } from './grid.ts';
import { CoordinatorApi } from './http/coordinator-api.ts';
import { realTiming, type Timing } from './http/patience.ts';
import { Requester } from './http/requester.ts';
import { SdkError } from './sdk-error.ts';

export interface ConnectOptions extends ConnectionChoice {
  /** How long a coordinator that does not answer is waited for once work is under way, milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number;
  /** Told before each wait for a coordinator that does not answer. */
  readonly onRetry?: (retry: { readonly reason: string; readonly waitMs: number }) => void;
  /** Ends everything that goes through this connection. Jobs go on without us. */
  readonly signal?: AbortSignal;
  /** For tests: how time passes. */
  readonly timing?: Timing;
}

const FIRST_PATIENCE_MS = 3_000;
const PATIENCE_MS = 10 * 60_000;

/** Finds the coordinator and says who you are. Throws SdkError `config`, `unreachable` or `refused`. */
export async function connect(options: ConnectOptions = {}): Promise<Grid> {
  const settings = resolveConnection(options, process.env);
  const { timing = realTiming, onRetry, patienceMs = PATIENCE_MS, signal } = options;
  const requester = (patience: number) =>
    new Requester({ ...settings, patienceMs: patience, timing, signal, ...(onRetry === undefined ? {} : { onRetry }) });
  // A wrong address should be known soon; a coordinator that restarts in the middle of a job deserves more.
  const project = await new CoordinatorApi(requester(Math.min(FIRST_PATIENCE_MS, patienceMs))).project();
  assertSameProject(settings, project.projectKey);
  return new Grid({ api: new CoordinatorApi(requester(patienceMs)), project, author: settings.author, timing, signal });
}

function assertSameProject({ author, url }: ConnectionSettings, projectKey: string): void {
  if (author === null) return;
  if (certifiedProject(author) === projectKey) return;
  throw new SdkError(
    'config',
    `The author file of "${author.author}" belongs to another project than the coordinator at ${url}: volunteers would refuse its tasks. ` +
      `Use the author file that this coordinator's operator gave you.`,
  );
}

/** undefined: the certificate is malformed. */
function certifiedProject({ certificate }: AuthorFile): string | undefined {
  try {
    return certificateSchema.safeParse(JSON.parse(certificate.text)).data?.projectKey;
  } catch {
    return undefined; // not even JSON
  }
}
