/** A runner child without a process: it hears what it is sent, and reports and dies when the test says so. */
import type { FromRunner, Report } from '../ipc/from-runner.ts';
import type { Compute, ToRunner } from '../ipc/to-runner.ts';
import type { Death, RunnerChild } from '../runner-process.ts';

export class FakeChild implements RunnerChild {
  readonly heard: ToRunner[] = [];
  frozen = false;
  alive = true;
  readonly #onReport: (report: Report) => void;
  readonly #death = Promise.withResolvers<Death>();

  constructor(onReport: (report: Report) => void) {
    this.#onReport = onReport;
  }

  get death(): Promise<Death> {
    return this.#death.promise;
  }
  /** Keys of the batches sent, in order. */
  get batches(): number[][] {
    return this.heard
      .filter((message): message is Compute => message.type === 'compute')
      .map(({ executions }) => executions.map(({ key }) => key));
  }

  send(message: ToRunner): void {
    this.heard.push(message);
  }
  freeze(): void {
    this.frozen = true;
  }
  thaw(): void {
    this.frozen = false;
  }
  kill(): void {
    this.die();
  }

  /** Takes effect on the next turn of the event loop, as all deaths do. */
  die(death: Partial<Death> = {}): void {
    this.alive = false;
    this.#death.resolve({ reason: 'SIGKILL', stderr: '', ...death });
  }
  say(message: FromRunner, text = ''): void {
    if (this.alive) this.#onReport({ message, text });
  }
  finish(key: number, output = '1', worn = false): void {
    this.say({ type: 'done', key, outcome: { status: 'ok', elapsedMs: 1 }, worn }, output);
  }
}
