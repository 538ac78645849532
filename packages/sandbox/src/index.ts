export type { Layer } from './confinement/layer.ts';
export { createDirectSandbox } from './direct-sandbox.ts';
export { type IsolateSandboxOptions, openIsolateSandbox } from './isolate-sandbox.ts';
export type { Logger } from './logger.ts';
export type { Comparison, Execution, ExecutionEvents, ExecutionOutcome, Runner, Sandbox, SandboxTask } from './sandbox.ts';
