/**
 * A process full of workers whose results come when they come, whether or not the coordinator has answered the last ones (open loop).
 * argv: url connections results-per-frame results-per-second seconds. Frames arrive at random (Poisson), each worker with leases at hand.
 * A latency counts from the moment a frame was due, also when it could not be sent then, so that a coordinator that stands still
 * is not asked fewer questions for it (coordinated omission). Prints one JSON line when all is answered: OpenLoopReport.
 */
import { type AssignedLease, type NullSocket, openNullSocket, openNullSockets } from './null-socket.ts';

export interface OpenLoopReport {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly frames: number;
  /** Results a second: as wanted, and as durably answered. */
  readonly offered: number;
  readonly answered: number;
  /** Share of frames that were due when their worker had too few leases, and waited for some. */
  readonly starved: number;
}

const [url = '', connections = '10', perFrame = '10', perSecond = '1000', seconds = '5'] = process.argv.slice(2);
const [size, rate, durationMs] = [Number(perFrame), Number(perSecond), Number(seconds) * 1_000];
const WISH = 1_000;

class Worker {
  readonly #socket: NullSocket;
  #stock: AssignedLease[] = [];
  #isAsking = false;
  /** When the frames it has not sent yet were due, and those that wait for their answer. */
  readonly #due: number[] = [];
  readonly #sent: number[] = [];

  constructor(ready: () => void) {
    this.#socket = openNullSocket(url, {
      ready: () => {
        this.#ask();
        ready();
      },
      assigned: (leases) => {
        this.#isAsking = false;
        this.#stock = this.#stock.concat(leases);
        this.#send();
      },
      recorded: () => {
        latenciesMs.push(performance.now() - (this.#sent.shift() as number));
        this.#ask();
      },
    });
  }

  get isStocked(): boolean {
    return this.#stock.length >= size;
  }

  arrive(dueAt: number): void {
    if (!this.isStocked) starved++;
    this.#due.push(dueAt);
    this.#send();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #send(): void {
    while (this.#due.length > 0 && this.isStocked) {
      this.#sent.push(this.#due.shift() as number);
      this.#socket.submit(this.#stock.slice(0, size));
      this.#stock = this.#stock.slice(size);
    }
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsking || this.#stock.length > WISH / 2) return;
    this.#isAsking = true;
    this.#socket.ask(WISH);
  }
}

const latenciesMs: number[] = [];
let starved = 0;
const workers = await openNullSockets(Number(connections), (ready) => new Worker(ready));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
while (!workers.every(({ isStocked }) => isStocked)) await pause(10);

const beganAt = performance.now();
const interval = (): number => (-Math.log(1 - Math.random()) * 1_000 * size) / rate;
let frames = 0;
for (let dueAt = beganAt + interval(); dueAt < beganAt + durationMs; dueAt += interval()) {
  while (performance.now() < dueAt) await pause(1);
  workers[frames++ % workers.length]?.arrive(dueAt);
}
const giveUpAt = performance.now() + 30_000;
while (latenciesMs.length < frames && performance.now() < giveUpAt) await pause(5);
const tookMs = performance.now() - beganAt;

for (const worker of workers) worker.terminate();
const sorted = latenciesMs.toSorted((a, b) => a - b);
const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
const report: OpenLoopReport = {
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  maxMs: at(1),
  frames,
  offered: (frames * size * 1_000) / durationMs,
  answered: (sorted.length * size * 1_000) / tookMs,
  starved: starved / Math.max(1, frames),
};
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
