/** For tests of tasks: `@manyhands/task-sdk/testing`. Apart, because it brings the sandbox along. */
export { type Trial, type TrialOptions, tryTask } from './try-task.ts';
