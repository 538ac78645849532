import type { OperationProgress } from '@manyhands/coordinator';
import { plural } from '../terminal/words.ts';
import { showOperation } from './backup.ts';
import { type Cli, command, perform } from './cli.ts';
import { dataFolder, exitOf, reportText, throttled } from './fsck.ts';

export const restoreCommand = (cli: Cli) =>
  command('restore', 'make a data folder from a backup; `serve` then goes on where the backup was made')
    .argument('<file>', 'made by `manyhands backup`')
    .option('--data <folder>', 'an empty or new folder (MANYHANDS_DATA; default: manyhands-data)')
    .option('--despite-violations', 'restore it also if its books do not add up')
    .action((file, { data, despiteViolations, ...options }) =>
      perform(cli, options, async (screen) => {
        const { restore } = await import('@manyhands/coordinator');
        const live = screen.live();
        const onProgress = throttled((progress: OperationProgress) => showOperation(live, progress));
        const report = await restore(file, dataFolder(data, cli.env), {
          now: new Date(),
          despiteViolations: despiteViolations === true,
          onProgress,
        });
        live.end();
        const { folder, manifest, epoch, check, isRestored } = report;
        if (exitOf(check) !== 'ok') screen.note(reportText(check, screen));
        screen.result(report, () =>
          isRestored
            ? `${folder}\t${plural(check.jobs, 'job')}, ${plural(check.units, 'unit')}, as of ${new Date(manifest.madeAt).toISOString()}, epoch ${epoch}`
            : `Nothing was restored: the books in ${file} do not add up. Take another backup, or this one with --despite-violations.`,
        );
        if (isRestored)
          screen.note('What was recorded after the backup was made is lost and will be computed again. Start it with `manyhands serve`.');
        return isRestored ? 'ok' : exitOf(check);
      }),
    );
