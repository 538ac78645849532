/** The map of a job's search space, from what the store knows of units that have a row. Pure. */
import type { JobMap } from '@manyhands/protocol';
import { shuffled } from '../../domain/fresh-order.ts';
import type { Job } from '../../domain/job.ts';
import type { JobCell } from '../../ports/read-store.ts';

type CellState = JobMap['cells'][number]['state'];

/** `isInsider`: whoever may see what became of each unit while the job runs. */
export function toJobMap(job: Job, unitsPerCell: number, known: readonly JobCell[], isInsider: boolean): JobMap {
  const byCell = new Map(known.map((cell) => [cell.cell, cell]));
  const cells = Array.from({ length: Math.ceil(job.unitCount / unitsPerCell) }, (_, cell) => {
    const total = Math.min(unitsPerCell, job.unitCount - cell * unitsPerCell);
    const facts = byCell.get(cell);
    return { state: cellState(job, facts, total), final: facts?.final ?? 0, total, verifiedBy: [...(facts?.accounts ?? [])] };
  });
  if (isInsider || job.verify.kind !== 'confidence' || job.endedAt !== null) return { unitsPerCell, cells };
  // A job from before there were secret orders has no key, and its map is not for others.
  const { key } = job.order ?? {};
  const shown = key === undefined ? [] : cells.map((_, at) => cells[shuffled(`${key} map`, cells.length, at)] as JobMap['cells'][number]);
  return { unitsPerCell, isShuffled: true, cells: shown };
}

/** What stands out in a cell: work under way, else what it ended as, else that it waits. */
function cellState(job: Job, cell: JobCell | undefined, total: number): CellState {
  if (cell !== undefined && cell.active > 0 && job.state !== 'cancelled') return 'running';
  if (cell?.final === total) return 'final';
  if (job.state === 'cancelled') return 'cancelled';
  if (cell === undefined || cell.final + cell.failed + cell.cancelled < total) return 'waiting';
  return cell.failed > 0 ? 'failed' : 'cancelled';
}
