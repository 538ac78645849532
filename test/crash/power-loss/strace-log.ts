/**
 * Reads what `strace -f -y -xx` wrote. A call that another thread's interrupts stands in two lines and counts where it ends. Calls that failed and
 * paths outside of the folder are left out; so is `-shm`, which is memory that processes share and no part of what must last.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DiskEvent } from './disk-event.ts';

const LINE = /^(\d+) +(.*)$/;
const RESUMED = /^<\.\.\. \w+ resumed>/;
const UNFINISHED = ' <unfinished ...>';
const CALL = /^(\w+)\((.*)\) += (-?\d+)(<[^>]*>)?( \w+ .*)?$/s;
const TEXT = /"((?:\\x[0-9a-f]{2})*)"/g;
const DESCRIPTOR = /^(-?\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>/;

interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: number;
}

export async function readStraceLog(log: string, folder: string): Promise<DiskEvent[]> {
  const unfinished = new Map<string, string>();
  const events: DiskEvent[] = [];
  for await (const line of createInterface({ input: createReadStream(log, 'latin1'), crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, thread = '', rest = ''] = LINE.exec(line) ?? [];
    if (rest.endsWith(UNFINISHED)) {
      unfinished.set(thread, rest.slice(0, -UNFINISHED.length));
      continue;
    }
    const text = RESUMED.test(rest) ? (unfinished.get(thread) ?? '') + rest.replace(RESUMED, '') : rest;
    const call = parseCall(text);
    const event = call === null ? null : eventOf(call);
    if (event !== null && isWithin(event, folder)) events.push(event);
  }
  return events;
}

/** null: it failed, or the process ended before it came back. */
function parseCall(text: string): Call | null {
  const [, name = '', args = '', result = '-1'] = CALL.exec(text) ?? [];
  return Number(result) < 0 ? null : { name, args, result: Number(result) };
}

const unescaped = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const textsIn = (args: string): Buffer[] => [...args.matchAll(TEXT)].map(([, text = '']) => unescaped(text));
/** Of the file that the first argument is the descriptor of. */
const pathOf = (args: string): string => unescaped(DESCRIPTOR.exec(args)?.[2] ?? '').toString();
const lastNumber = (args: string): number => Number(/(-?\d+)$/.exec(args)?.[1]);

function eventOf({ name, args, result }: Call): DiskEvent | null {
  const texts = textsIn(args);
  const path = () => join(pathOf(args), ...texts.slice(0, 1).map(String));
  const named = (at: number): string => String(texts[at] ?? '');
  switch (name) {
    case 'openat':
      if (!args.includes('O_CREAT') && !args.includes('O_TRUNC')) return null;
      return { kind: 'create', path: named(0), isEmptied: args.includes('O_TRUNC') };
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'pwritev':
      return written(name, args, Buffer.concat(texts).subarray(0, result));
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', path: pathOf(args) };
    case 'ftruncate':
      return { kind: 'truncate', path: pathOf(args), size: lastNumber(args) };
    case 'rename':
      return { kind: 'rename', from: named(0), to: named(1) };
    case 'unlink':
    case 'rmdir':
      return { kind: 'remove', path: named(0) };
    case 'unlinkat':
      return { kind: 'remove', path: path() };
    case 'mkdir':
      return { kind: 'folder', path: named(0) };
    default:
      throw new Error(`strace told of ${name}, and nobody here knows what that does to a disk`);
  }
}

function written(name: string, args: string, bytes: Buffer): DiskEvent {
  const path = pathOf(args);
  if (!path.startsWith('/')) return { kind: 'said', text: bytes.toString('latin1') };
  return { kind: 'write', path, at: name.startsWith('p') ? lastNumber(args) : null, bytes };
}

function isWithin(event: DiskEvent, folder: string): boolean {
  if (event.kind === 'said') return true;
  const path = event.kind === 'rename' ? event.to : event.path;
  return (path === folder || path.startsWith(`${folder}/`)) && !path.endsWith('-shm');
}
