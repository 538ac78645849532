import { parseUnitId, unitViewSchema } from '@manyhands/protocol';
import { CliError } from '../failure.ts';
import { unitStory } from '../terminal/unit-story.ts';
import { authorCommand, type Cli, gridOf, perform } from './cli.ts';

export const explainCommand = (cli: Cli) =>
  authorCommand('explain', 'the story of one unit: who had it, what came back, why it is believed or what it waits for')
    .argument('<unit>', 'job and index, e.g. job_…/17')
    .action((text, options) =>
      perform(cli, options, async (screen) => {
        const unit = parseUnitId(text);
        if (unit === null)
          throw new CliError('usage', `"${text}" names no unit. Write the job's id, a slash and the index, e.g. job_…/17.`);
        await using grid = await gridOf(options, screen);
        const view = await grid.api.json(`/v1/jobs/${unit.job}/units/${unit.index}`);
        screen.result(view, () => unitStory(unitViewSchema.parse(view)));
        return 'ok';
      }),
    );
