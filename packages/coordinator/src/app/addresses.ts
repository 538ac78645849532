/** Under which addresses a listening coordinator is reached. */
import { networkInterfaces } from 'node:os';

const WILDCARDS = new Set(['0.0.0.0', '::']);

const urlOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** For programs on this machine. */
export const localUrl = (host: string, port: number): string => urlOf(WILDCARDS.has(host) ? '127.0.0.1' : host, port);

/** For volunteers elsewhere, with the project key in the fragment, which never reaches a server. */
export function joinUrlOf(
  { publicUrl, host, projectKey }: { publicUrl: string | null; host: string; projectKey: string },
  port: number,
): string {
  const base = publicUrl?.replace(/\/+$/, '') ?? urlOf(WILDCARDS.has(host) ? (ownAddress() ?? '127.0.0.1') : host, port);
  return `${base}/#key=${projectKey}`;
}

/** This machine's first address that others can use; null: it has none. */
function ownAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}
