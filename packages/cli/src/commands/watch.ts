import type { JobView } from '@manyhands/protocol';
import type { GridJob } from '@manyhands/task-sdk';
import type { ExitName } from '../exit-codes.ts';
import { progressBlock, progressSentence } from '../terminal/job-progress.ts';
import type { Screen } from '../terminal/screen.ts';
import { authorCommand, type Cli, gridOf, perform } from './cli.ts';

export const watchCommand = (cli: Cli) =>
  authorCommand('watch', 'follow a job until it has ended')
    .argument('<job>', "the job's id")
    .action((id, options) =>
      perform(cli, options, async (screen) => {
        await using grid = await gridOf(options, screen);
        return await watchJob(grid.job(id), screen);
      }),
    );

/** With `--json` a JobView a line. */
export async function watchJob(job: GridJob<unknown, unknown>, screen: Screen): Promise<ExitName> {
  const live = screen.live();
  let last: JobView | null = null;
  for await (const view of job.watch()) {
    last = view;
    if (screen.json) screen.result(view, () => '');
    live.show({ block: progressBlock(view, screen), line: progressSentence(view) });
  }
  live.end();
  return last?.state === 'done' && last.units.failed === 0 ? 'ok' : 'unsuccessful';
}
