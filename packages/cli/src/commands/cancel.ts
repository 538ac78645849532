import { progressSentence } from '../terminal/job-progress.ts';
import { authorCommand, type Cli, gridOf, perform } from './cli.ts';

export const cancelCommand = (cli: Cli) =>
  authorCommand('cancel', 'give out no more work of a job; results that are verified stay')
    .argument('<job>', "the job's id")
    .action((id, options) =>
      perform(cli, options, async (screen) => {
        await using grid = await gridOf(options, screen);
        const view = await grid.job(id).cancel();
        screen.result(view, () => `Cancelled "${view.title}": ${progressSentence(view)}.`);
        return 'ok';
      }),
    );
