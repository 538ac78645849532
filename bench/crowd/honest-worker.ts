/** A worker of the crowd that also works: a few units at a time, one result a frame, and when each was recorded. */
import { CrowdWorker } from './crowd-worker.ts';

interface AssignFrame {
  readonly job: string;
  readonly leases: readonly { readonly lease: string; readonly index: number }[];
}

const WISH = 8;
/** What computing a unit would take. */
const UNIT_MS = 100;

export class HonestWorker {
  readonly #worker: CrowdWorker;
  /** Epoch milliseconds. */
  readonly recordedAt: number[] = [];
  #open = 0;

  constructor(url: string, address: string) {
    this.#worker = new CrowdWorker(url, address, () => {
      this.#open = 0;
    });
    this.#worker.onFrame = (text) => this.#hear(text);
    this.#worker.connect();
  }

  end(): void {
    this.#worker.end();
  }

  #hear(text: string): void {
    if (text.startsWith('{"type":"reconciled"')) this.#ask();
    else if (text.startsWith('{"type":"assign"')) this.#compute(JSON.parse(text) as AssignFrame);
    else if (text.startsWith('{"type":"recorded"')) this.#count();
    else if (text.startsWith('{"type":"no-work"'))
      setTimeout(() => this.#ask(), (JSON.parse(text) as { retryAfterMs: number }).retryAfterMs);
  }

  #ask(): void {
    if (this.#open === 0) this.#worker.send(`{"type":"request-work","replicas":${WISH}}`);
  }

  #compute({ job, leases }: AssignFrame): void {
    this.#open += leases.length;
    for (const [i, { lease, index }] of leases.entries())
      setTimeout(
        () => this.#submit(`{"lease":"${lease}","job":"${job}","index":${index},"status":"ok","output":"${index}","elapsedMs":1}`),
        i * UNIT_MS,
      );
  }

  #submit(result: string): void {
    if (this.#worker.isConnected) this.#worker.send(`{"type":"submit","results":[${result}]}`);
  }

  #count(): void {
    this.recordedAt.push(Date.now());
    this.#open--;
    this.#ask();
  }
}
