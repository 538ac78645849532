/**
 * Joining a project: fetch what it says of itself, check its key against the link or what was pinned before, show it all,
 * and only on consent write it down. Nothing of a project runs, and no secret leaves this machine, before that (WK1).
 */
import { negotiateVersion, type ProjectView } from '@manyhands/protocol';
import { WorkerError } from '../domain/worker-error.ts';
import { openDataFolder } from '../host/data-folder.ts';
import { fingerprintWords } from '../host/fingerprint.ts';
import { openIdentity } from '../host/identity-files.ts';
import { coreCount } from '../host/machine.ts';
import { type Membership, readMembership, writeMembership } from '../host/membership.ts';
import { type ProjectAddress, parseProjectUrl } from '../host/project-url.ts';
import { systemClock } from '../host/system-clock.ts';
import { fetchProject } from '../http/http-coordinator.ts';

export interface JoinOptions {
  /** `https://host/#key=…`; the fragment is optional. */
  readonly url: string;
  readonly dataDir: string;
  /** For the words about what tasks may use. Default: the cores of this machine. */
  readonly threads?: number;
  readonly allowPlainHttp?: boolean;
}

export interface OfferedTask {
  readonly title: string;
  readonly name: string;
  readonly version: string;
  readonly description: string | null;
  readonly url: string | null;
  readonly author: string;
  readonly license: string;
  readonly memoryMB: number;
  readonly timeoutMs: number;
}

/** All a volunteer should see before agreeing. */
export interface JoinOffer {
  readonly url: string;
  readonly name: string;
  readonly description: string;
  readonly operator: string;
  readonly projectKey: string;
  /** The key as words: compare them with what the operator publishes. */
  readonly fingerprint: string;
  /** `link` the key came with the link · `first-use` it is taken on trust now · `known` it is the one pinned here before. */
  readonly pin: 'link' | 'first-use' | 'known';
  /** Tasks with open jobs, newest first. Tasks of the same project that come later need no new consent. */
  readonly tasks: readonly OfferedTask[];
  /** What tasks may use and what they cannot reach, one sentence each. */
  readonly mayUse: readonly string[];
  /** Stores key and consent, and makes this machine's own keys. Afterwards `startWorker` starts. */
  confirm(): Promise<Membership>;
}

const ANSWER_MS = 15_000;

/** Rejects with WorkerError: `usage`, `data-folder`, `unreachable` (nothing is retried; a daemon that has joined once keeps trying), `refused`. */
export async function prepareJoin(options: JoinOptions): Promise<JoinOffer> {
  const address = parseProjectUrl(options.url, options.allowPlainHttp ?? false);
  const folder = await openDataFolder(options.dataDir);
  const before = await readMembership(folder);
  const project = await askProject(address);
  assertExpectedKey(project, address, before);
  const { name, description, operator, projectKey } = project;
  const pinnedBy = before?.pinnedBy === 'link' || address.key !== null ? 'link' : 'first-use';
  return {
    url: address.base.href,
    name,
    description,
    operator,
    projectKey,
    fingerprint: fingerprintWords(projectKey),
    pin: before === null ? pinnedBy : 'known',
    tasks: project.tasks.map(toOffered),
    mayUse: mayUse(project, options.threads ?? coreCount()),
    async confirm() {
      await openIdentity(folder);
      const membership: Membership = {
        format: 1,
        url: address.base.href,
        projectName: name,
        projectKey,
        pinnedBy,
        consentedAt: systemClock.now(),
      };
      await writeMembership(folder, membership);
      return membership;
    },
  };
}

async function askProject({ base }: ProjectAddress): Promise<ProjectView> {
  const answer = await fetchProject(base, AbortSignal.timeout(ANSWER_MS));
  if (answer.kind === 'ok') return answer.value;
  throw new WorkerError(
    'unreachable',
    `${base.origin} did not introduce itself: ${answer.reason}. Check the address, or try again in a few minutes. (Once joined, a worker waits for its coordinator by itself.)`,
  );
}

/** The coordinator is believed about its key only when nobody said otherwise before. */
function assertExpectedKey({ projectKey, protocol }: ProjectView, { key }: ProjectAddress, before: Membership | null): void {
  if (negotiateVersion(protocol) === null) {
    throw new WorkerError('refused', 'This worker and the coordinator have no protocol version in common. Update the older of the two.');
  }
  if (key !== null && key !== projectKey) {
    throw new WorkerError(
      'refused',
      `The coordinator shows another key (${fingerprintWords(projectKey)}) than the link (${fingerprintWords(key)}). It may be an impostor: ask the operator for a fresh link.`,
    );
  }
  if (before !== null && before.projectKey !== projectKey) {
    throw new WorkerError(
      'refused',
      `This data folder joined ${before.projectName} (${fingerprintWords(before.projectKey)}); the coordinator shows another key (${fingerprintWords(projectKey)}). Join other projects with another folder (--data). If this is the same project, its operator must have announced the new key.`,
    );
  }
}

const toOffered = ({ manifest, author }: ProjectView['tasks'][number]): OfferedTask => ({
  title: manifest.title,
  name: manifest.name,
  version: manifest.version,
  description: manifest.description ?? null,
  url: manifest.url ?? null,
  author,
  license: manifest.license,
  memoryMB: manifest.limits.memoryMB,
  timeoutMs: manifest.limits.timeoutMs,
});

function mayUse({ tasks }: ProjectView, threads: number): string[] {
  const memoryMB = Math.max(0, ...tasks.map(({ manifest }) => manifest.limits.memoryMB));
  const memory = tasks.length === 0 ? 'as much memory as their manifests say' : `up to ${memoryMB} MB of memory each`;
  return [
    `Processor: ${threads} ${threads === 1 ? 'unit' : 'units'} at a time, at the lowest priority, with ${memory}.`,
    'Network: this program alone talks, and only to this project. Tasks have no network.',
    'Files: tasks see none. What they need and make is kept in the data folder.',
    'Nothing else: no other programs, no environment, no clock, no devices.',
    'Code: only what an author signed whom this project key certifies.',
  ];
}
