/** A process that keeps results until its disk refuses. argv: the journal's path. Says how many were promised, and what the failure was. */
import { openFileJournal } from '../src/journal/file-journal.ts';
import { okResult, taskId } from './builders.ts';

const journal = await openFileJournal(process.argv[2] ?? '', () => undefined);
let kept = 0;
try {
  for (; kept < 1_000; kept++) await journal.keep({ task: taskId(), result: okResult(kept, JSON.stringify('x'.repeat(1_000))) });
} catch {
  // Expected: this is what the test is about.
}
const failed = (await journal.failed).message;
const later = await journal.keep({ task: taskId(), result: okResult(1) }).then(
  () => 'kept all the same',
  (error: Error) => error.message,
);
process.stdout.write(JSON.stringify({ kept, failed, later }));
