/** A worker that computes nothing and answers: what a test wants it to answer, as long as the test wants. */
import type { AssignedLease, JobId, RecordedOutcome } from '@manyhands/protocol';
import { ScriptedWorker } from './scripted-worker.ts';

export interface Held extends AssignedLease {
  readonly job: JobId;
}

export class PlayingWorker extends ScriptedWorker {
  /** Results answered with `recorded` while it works. */
  recorded = 0;

  ask(replicas: number): void {
    this.send({ type: 'request-work', replicas });
  }

  /** The leases of the next assignment. */
  async lease(): Promise<Held[]> {
    const { job, leases } = await this.take('assign');
    return leases.map((lease) => ({ ...lease, job }));
  }

  /** What became of the results, in order. */
  async submit(leases: readonly Held[], answer: (input: string) => string): Promise<RecordedOutcome[]> {
    const results = leases.map(({ lease, job, index, input }) => ({
      lease,
      job,
      index,
      status: 'ok',
      output: answer(String(input)),
      elapsedMs: 1,
    }));
    this.send({ type: 'submit', results });
    return (await this.take('recorded')).results.map(({ outcome }) => outcome);
  }

  /** Wishes for all there is, and answers what it is given until its connection ends. */
  async work(answer: (input: string) => string): Promise<void> {
    this.ask(100_000);
    for (;;) {
      const next = await this.take('assign').catch(() => null);
      if (next === null) return;
      const held = next.leases.map((lease) => ({ ...lease, job: next.job }));
      const outcomes = await this.submit(held, answer).catch(() => []);
      this.recorded += outcomes.filter((outcome) => outcome === 'recorded').length;
    }
  }
}
