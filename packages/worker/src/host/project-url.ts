/** The address of a project: `https://host/path/#key=…`. The key in the fragment never reaches the server, only who was given the link. */
import { publicKeySchema } from '@manyhands/protocol';
import { WorkerError } from '../domain/worker-error.ts';

export interface ProjectAddress {
  /** `http:` or `https:`, ends with a slash, has no fragment. */
  readonly base: URL;
  /** The key the link was given out with; null: it came without. */
  readonly key: string | null;
}

const usage = (message: string): WorkerError => new WorkerError('usage', message);

/** Throws WorkerError `usage` for anything that is no address, and for plain HTTP across the open internet. */
export function parseProjectUrl(text: string, allowPlainHttp: boolean): ProjectAddress {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usage(`"${text}" is no address of a project. It looks like https://grid.example.org/.`);
  }
  if (url.protocol === 'http:' && !allowPlainHttp && !isNearby(url.hostname)) {
    throw usage(
      `${url.origin} would be spoken to without encryption, and your account's secret be readable on the way. Use https://, or allow it with --allow-plain-http.`,
    );
  }
  const key = keyIn(url.hash);
  url.hash = '';
  url.search = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { base: url, key };
}

function keyIn(hash: string): string | null {
  const key = new URLSearchParams(hash.slice(1)).get('key');
  if (key === null) return null;
  if (!publicKeySchema.safeParse(key).success) throw usage('The key in the link is not whole: it has 43 characters. Copy the link again.');
  return key;
}

export function workerSocketUrl(base: URL): URL {
  const url = new URL('v1/worker', base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

const NEARBY = [
  /^localhost$/,
  /^127\./,
  /^\[::1\]$/,
  /^10\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^169\.254\./,
  /^\[(fc|fd|fe[89ab])/,
  /\.(local|lan|internal|localhost|home\.arpa)$/,
  /^[^.:]+$/,
];

/** This machine, or a network of one's own. */
const isNearby = (hostname: string): boolean => NEARBY.some((pattern) => pattern.test(hostname));
