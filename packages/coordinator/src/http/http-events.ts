/** What happened at the HTTP edge, for the log. */
import type { JobId, TaskId } from '@manyhands/protocol';

export interface HttpEvents {
  taskPublished(task: TaskId, name: string, author: string): void;
  taskRefused(author: string, reason: string): void;
  jobCreated(job: JobId, author: string): void;
  jobCancelled(job: JobId, by: string): void;
  authorAdded(name: string): void;
  authorRevoked(name: string): void;
}
