export { AppError, type AppErrorCode } from './app/app-error.ts';
export { type CoordinatorConfig, type CoordinatorSettings, configSchema, loadConfig } from './app/config.ts';
export { type RunningCoordinator, startCoordinator } from './app/start-coordinator.ts';
export { StoreError, type StoreErrorCode } from './disk/store-error.ts';
export { type EvidenceReport, verifyEvidence } from './evidence/verify-evidence.ts';
