import { LIMITS } from '@manyhands/protocol';
import * as z from 'zod';
import { coreCount } from '../host/machine.ts';

/** How one worker shall run. Only `dataDir` must be given. */
export const workerConfigSchema = z.strictObject({
  /** null: where the data folder's project was joined. */
  url: z.string().nullable().default(null),
  dataDir: z.string().min(1),
  /** Shown on public pages; null: stay anonymous. */
  displayName: z.string().trim().min(1).max(LIMITS.nameLength).nullable().default(null),
  /** Whose side this machine is on, on public pages; null: nobody's. */
  team: z.string().trim().min(1).max(LIMITS.nameLength).nullable().default(null),
  /** Units computed at once. */
  threads: z.int().min(1).max(1024).default(coreCount),
  /** What fetched inputs and bundles may take on disk, beyond what current work needs. */
  cacheMB: z.int().min(1).max(1_000_000).default(2_048),
  /** How long running units may go on after a stop. */
  stopGraceMs: z.int().min(0).max(600_000).default(5_000),
  /** Plain HTTP also across the open internet. */
  allowPlainHttp: z.boolean().default(false),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type WorkerConfig = z.input<typeof workerConfigSchema>;
export type ParsedWorkerConfig = z.output<typeof workerConfigSchema>;
