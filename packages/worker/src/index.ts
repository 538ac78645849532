export { type ParsedWorkerConfig, type WorkerConfig, workerConfigSchema } from './app/config.ts';
export type { OnWorkerEvent, WorkerEvent } from './app/events.ts';
export { type JoinOffer, type JoinOptions, type OfferedTask, prepareJoin } from './app/join.ts';
export { startWorker, type WorkerOptions } from './app/worker.ts';
export type { Worker, WorkerClosed } from './app/worker-life.ts';
export { readStatus, sendControl } from './control/control-client.ts';
export {
  type ControlAnswer,
  type ControlRequest,
  type WorkerStatus,
  workerStatusSchema,
} from './control/control-protocol.ts';
export { EXIT_CODES, WorkerError, type WorkerErrorCode } from './domain/worker-error.ts';
export { defaultDataDir } from './host/default-data-dir.ts';
export { fingerprintWords } from './host/fingerprint.ts';
export type { Membership } from './host/membership.ts';
