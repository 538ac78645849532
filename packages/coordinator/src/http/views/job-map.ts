/** The map of a job's search space, from what the store knows of units that have a row. Pure. */
import type { JobMap } from '@manyhands/protocol';
import type { Job } from '../../domain/job.ts';
import type { JobCell } from '../../ports/read-store.ts';

type CellState = JobMap['cells'][number]['state'];

export function toJobMap(job: Job, unitsPerCell: number, known: readonly JobCell[]): JobMap {
  const byCell = new Map(known.map((cell) => [cell.cell, cell]));
  const cells = Array.from({ length: Math.ceil(job.unitCount / unitsPerCell) }, (_, cell) => {
    const total = Math.min(unitsPerCell, job.unitCount - cell * unitsPerCell);
    const facts = byCell.get(cell);
    return { state: cellState(job, facts, total), final: facts?.final ?? 0, total, verifiedBy: [...(facts?.accounts ?? [])] };
  });
  return { unitsPerCell, cells };
}

/** What stands out in a cell: work under way, else what it ended as, else that it waits. */
function cellState(job: Job, cell: JobCell | undefined, total: number): CellState {
  if (cell !== undefined && cell.active > 0 && job.state !== 'cancelled') return 'running';
  if (cell?.final === total) return 'final';
  if (job.state === 'cancelled') return 'cancelled';
  if (cell === undefined || cell.final + cell.failed + cell.cancelled < total) return 'waiting';
  return cell.failed > 0 ? 'failed' : 'cancelled';
}
