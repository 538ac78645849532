/** A worker that computes nothing and answers: what a test wants it to answer, as long as the test wants. */
import type { AssignedLease, JobId, RecordedOutcome } from '@manyhands/protocol';
import { ScriptedWorker } from './scripted-worker.ts';

export interface Held extends AssignedLease {
  readonly job: JobId;
}

export class PlayingWorker extends ScriptedWorker {
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

  /** Wishes for all there is and answers it, until there is nothing for it now. Resolves with the number of results recorded. */
  async work(answer: (input: string) => string): Promise<number> {
    let recorded = 0;
    this.ask(100_000);
    for (;;) {
      const next = await this.take('assign', 'no-work');
      // It holds all it may: its wish stands, and is filled as it answers.
      if (next.type === 'no-work' && next.reason === 'quota') continue;
      if (next.type === 'no-work') return recorded;
      const held = next.leases.map((lease) => ({ ...lease, job: next.job }));
      recorded += (await this.submit(held, answer)).filter((outcome) => outcome === 'recorded').length;
    }
  }
}
