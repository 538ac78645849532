import type { ExitName } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { type InputOptions, inputsOf } from '../inputs/input-options.ts';
import type { Screen } from '../terminal/screen.ts';
import { count, plural } from '../terminal/words.ts';
import { type AuthorOptions, authorCommand, type Cli, gridOf, perform } from './cli.ts';
import { watchJob } from './watch.ts';

export const publishCommand = (cli: Cli) =>
  authorCommand('publish', 'sign and store a task; with inputs, start a job')
    .argument('<task>', 'the file whose default export is the task')
    .option('--input <json...>', 'inputs, each as JSON')
    .option('--inputs <file>', 'a file of inputs, one JSON value a line; - is standard input')
    .option('--range <from:to:step>', 'inputs { from, to } that cut a range into pieces')
    .option('--count <n>', 'inputs 0, 1, 2 … below n')
    .option('--title <text>', "the job's title (default: the task's)")
    .option('--key <text>', 'names the job: publishing again under the same key goes on with it')
    .option('--priority <n>', '-10 to 10; higher goes first')
    .option('--watch', 'follow the job until it has ended')
    .action((task, options) =>
      perform(cli, options, async (screen) => {
        const inputs = inputsOf(options, process.stdin);
        await using grid = await gridOf(options, screen);
        if (inputs === null) return await publishOnly(grid, task, screen);
        const live = screen.live();
        const job = grid.map(task, inputs, {
          ...jobOptions(options),
          onSent: (sent) => live.show({ block: `${count(sent)} inputs sent`, line: `${count(sent)} inputs sent` }),
        });
        const [id, url] = await Promise.all([job.id, job.url]);
        screen.note(`Job ${id}: ${url}`);
        await job.sent;
        live.end();
        const view = await job.progress();
        if (!options.watch || !screen.json) {
          screen.result(
            { task: view.task, job: { id, url, units: view.units.total } },
            () => `${id}\t${plural(view.units.total, 'unit')}\t${url}`,
          );
        }
        return options.watch ? await watchJob(job, screen) : 'ok';
      }),
    );

type Grid = Awaited<ReturnType<typeof gridOf>>;

async function publishOnly(grid: Grid, task: string, screen: Screen): Promise<ExitName> {
  const { id, packed } = await grid.publish(task);
  const { name, version, bundleBytes } = packed.manifest;
  screen.result(
    { task: id, name, version, bundleBytes, job: null },
    () =>
      `${id}\t${name} ${version}\t${count(bundleBytes)} bytes\nNo inputs were given (--input, --inputs, --range, --count), so no job was started.`,
  );
  return 'ok';
}

function jobOptions({ title, key, priority }: { title?: string; key?: string; priority?: string } & AuthorOptions & InputOptions) {
  const level = priority === undefined ? undefined : Number(priority);
  if (level !== undefined && !(Number.isInteger(level) && Math.abs(level) <= 10)) {
    throw new CliError('usage', `--priority takes a whole number from -10 to 10, and "${priority}" is none.`);
  }
  return {
    ...(title === undefined ? {} : { title }),
    ...(key === undefined ? {} : { key }),
    ...(level === undefined ? {} : { priority: level }),
  };
}
