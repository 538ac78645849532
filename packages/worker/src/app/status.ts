import { unitIdOf } from '@manyhands/protocol';
import type { WorkerStatus } from '../control/control-protocol.ts';
import type { AgentState } from '../domain/agent-state.ts';
import { inPhase } from '../domain/lease-book.ts';
import { whySentence } from '../domain/why.ts';

/** What does not change while a worker runs, and whom the coordinator takes it for. */
export interface WorkerFacts
  extends Pick<WorkerStatus, 'pid' | 'software' | 'startedAt' | 'project' | 'displayName' | 'team' | 'gflops' | 'sandbox'> {
  readonly host: string | null;
  readonly account: string | null;
}

/** More lines than this help nobody. */
const MAX_RUNNING = 100;

export function describeStatus(state: AgentState, facts: WorkerFacts, at: number): WorkerStatus {
  const countOf = (kind: Parameters<typeof inPhase>[1]): number => inPhase(state.leases, kind).length;
  return {
    ...facts,
    asOf: at,
    why: whySentence(state, at),
    state: state.intent.kind === 'working' && state.pause !== null ? 'paused' : state.intent.kind,
    link: state.link.kind,
    threads: state.settings.threads,
    held: { preparing: countOf('preparing'), queued: countOf('queued'), running: countOf('running'), finished: state.results.size },
    running: inPhase(state.leases, 'running')
      .slice(0, MAX_RUNNING)
      .map(({ job, index, task, phase }) => ({ unit: unitIdOf(job, index), task, fraction: phase.fraction })),
    tally: state.tally,
  };
}
