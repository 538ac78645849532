export {
  defineTask,
  FatalTaskError,
  type ProofPolicy,
  proof,
  type QuorumPolicy,
  quorum,
  type TaskContext,
  type TaskDefinition,
} from './define-task.ts';
