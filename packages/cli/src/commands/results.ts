import { encodeValue } from '@manyhands/protocol';
import type { UnitResult } from '@manyhands/task-sdk';
import { shortened } from '../terminal/words.ts';
import { authorCommand, type Cli, gridOf, perform } from './cli.ts';

export const resultsCommand = (cli: Cli) =>
  authorCommand('results', 'print the verified results of a job as they come, one a line')
    .argument('<job>', "the job's id")
    .option('--after <cursor>', 'go on behind the result with this cursor')
    .option('--no-follow', 'stop at the last result there is now')
    .action((id, options) =>
      perform(cli, options, async (screen) => {
        await using grid = await gridOf(options, screen);
        let failed = 0;
        for await (const result of grid.job(id).results({ after: options.after ?? null, follow: options.follow })) {
          if (result.status !== 'ok') failed++;
          await screen.resultInStep(resultJson(result), () => resultLine(result));
        }
        return failed === 0 ? 'ok' : 'unsuccessful';
      }),
    );

/** A result as JSON: input and output in their canonical text's form, so that bigint and bytes survive. */
function resultJson(result: UnitResult<unknown, unknown>): object {
  const { input, output, ...rest } = result;
  return { ...rest, input: jsonOf(input), ...(result.status === 'ok' ? { output: jsonOf(output) } : {}) };
}

const jsonOf = (value: unknown): unknown => JSON.parse(encodeValue(value));

function resultLine(result: UnitResult<unknown, unknown>): string {
  const outcome =
    result.status === 'ok'
      ? shortened(encodeValue(result.output), 200)
      : result.status === 'failed'
        ? `failed (${result.error.kind}): ${shortened(result.error.message, 160)}`
        : 'cancelled';
  return `${result.index}\t${outcome}${result.corrects === undefined ? '' : '\t(corrects an earlier answer, which was wrong)'}`;
}
