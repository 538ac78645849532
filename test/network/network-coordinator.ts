/** A real coordinator as a process of its own on a fresh folder, watched for what must never happen in it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type CoordinatorSettings, type FsckReport, fsck } from '@manyhands/coordinator';
import { HEAP_FLAGS } from '../../packages/cli/src/app/heap-flags.ts';
import { openForReading } from '../../packages/coordinator/src/store/sqlite/reading-connection.ts';
import { TestAuthor } from '../../packages/coordinator/test/test-author.ts';

const ENTRY = new URL('./fixtures/coordinator-process.ts', import.meta.url).pathname;
/** pino's number for `error`; `fatal` is above it. */
const ERROR_LEVEL = 50;
const SAID_BYTES = 20_000;

interface Ready {
  readonly url: string;
  readonly joinUrl: string;
  readonly authorFile: string;
}

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

export class NetworkCoordinator implements AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly joinUrl: string;
  readonly author: TestAuthor;
  /** Lines of the log at `error` or above, and whatever on stderr is no log line: there should be none. */
  readonly failures: string[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #stdout: Interface;
  readonly #log: LogLine[] = [];
  #isClosed = false;

  static async open(settings: CoordinatorSettings = {}): Promise<NetworkCoordinator> {
    const folder = await mkdtemp(join(tmpdir(), 'manyhands-network-'));
    const all = { data: folder, port: 0, logLevel: 'warn', ...settings };
    const child = spawn(process.execPath, [...HEAP_FLAGS, '--conditions=source', ENTRY, JSON.stringify(all)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout = createInterface({ input: child.stdout });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr = (stderr + text).slice(-SAID_BYTES);
    });
    const line = (await Promise.race([once(stdout, 'line'), once(child, 'exit').then(() => null)])) as [string] | null;
    if (line === null) throw new Error(`the coordinator did not start: ${stderr}`);
    return new NetworkCoordinator(folder, child, stdout, JSON.parse(line[0]) as Ready);
  }

  private constructor(folder: string, child: ChildProcessByStdio<Writable, Readable, Readable>, stdout: Interface, ready: Ready) {
    this.folder = folder;
    this.url = ready.url;
    this.joinUrl = ready.joinUrl;
    this.author = new TestAuthor(ready.authorFile);
    this.#child = child;
    this.#stdout = stdout;
    createInterface({ input: child.stderr }).on('line', (text) => this.#hear(text));
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The log lines with this message. */
  logged(message: string): readonly LogLine[] {
    return this.#log.filter(({ msg }) => msg === message);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory, bytes. */
  async rssBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Connections to it that are established. Linux. */
  async openSockets(): Promise<number> {
    const sockets = await readFile('/proc/net/tcp', 'utf8');
    // 127.0.0.1 as the kernel writes it: others may use the same number at another address.
    const mine = `0100007F:${this.port.toString(16).toUpperCase().padStart(4, '0')}`;
    return sockets.split('\n').filter((row) => /^\s*\d+:\s/.test(row) && row.trim().split(/\s+/)[1] === mine && ESTABLISHED.test(row))
      .length;
  }

  /** Every row of every table, as committed now. */
  booked(): Readonly<Record<string, readonly unknown[]>> {
    const { db } = openForReading(this.folder);
    try {
      const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").pluck().all();
      return Object.fromEntries(tables.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()]));
    } finally {
      db.close();
    }
  }

  /** Stops it in order. Answers what must not have happened in it, in words; none: it kept its composure. */
  async close(): Promise<string[]> {
    if (this.#isClosed) return this.failures;
    this.#isClosed = true;
    if (this.isRunning) {
      const exited = once(this.#child, 'exit');
      const last = once(this.#stdout, 'line').then(([text]) => text as string);
      this.#child.stdin.end();
      const [code, signal] = (await exited) as [number | null, string | null];
      if (code !== 0) this.failures.push(`it ended with ${signal ?? `exit code ${code}`}`);
      else if ((JSON.parse(await last) as { polluted: string[] }).polluted.length > 0)
        this.failures.push(`a prototype was polluted: ${await last}`);
    } else this.failures.push(`it died with ${this.#child.signalCode ?? `exit code ${this.#child.exitCode}`}`);
    return this.failures;
  }

  /** Of the folder of a coordinator that has stopped. */
  fsck(): FsckReport {
    return fsck(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #hear(text: string): void {
    const line = parseLine(text);
    if (line === null || line.level >= ERROR_LEVEL) this.failures.push(text.slice(0, 2_000));
    if (line !== null) this.#log.push(line);
  }
}

const ESTABLISHED = /^\s*\d+:\s+\S+\s+\S+\s+01\s/;

/** null: no log line. */
function parseLine(text: string): LogLine | null {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return null;
  }
}
