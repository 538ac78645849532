import { busyCores } from './busy-cores.ts';
import type { Figures } from './figures.ts';
import { idleConnections } from './idle-connections.ts';
import { nullWorker } from './null-worker/null-worker.ts';
import { publish } from './publish.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { sandboxOverhead } from './sandbox-overhead.ts';
import { unitProfile } from './unit-profile/unit-profile.ts';

export interface Experiment {
  readonly summary: string;
  /** `options`: the numbers given on the command line. `say`: progress for people. */
  run(options: ReadonlyMap<string, number>, say: (line: string) => void): Promise<Figures>;
  /** The figures as an SVG. */
  draw?(figures: Figures): string;
}

export const EXPERIMENTS = {
  'null-worker': nullWorker,
  'unit-profile': unitProfile,
  publish,
  'sandbox-overhead': sandboxOverhead,
  'busy-cores': busyCores,
  'reconnect-storm': reconnectStorm,
  'idle-connections': idleConnections,
} as const satisfies Record<string, Experiment>;
