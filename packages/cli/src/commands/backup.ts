import type { BackupReport, OperationProgress } from '@manyhands/coordinator';
import type { Live } from '../terminal/screen.ts';
import { count, plural } from '../terminal/words.ts';
import { type Cli, command, perform } from './cli.ts';
import { dataFolder, exitOf, reportText, throttled } from './fsck.ts';

export const backupCommand = (cli: Cli) =>
  command('backup', 'copy a project into one file, checked and whole; its coordinator may be running')
    .argument('<file>', 'the file to make; must not be there yet')
    .option('--data <folder>', "the coordinator's data folder (MANYHANDS_DATA; default: manyhands-data)")
    .action((file, { data, ...options }) =>
      perform(cli, options, async (screen) => {
        const { backup } = await import('@manyhands/coordinator');
        const live = screen.live();
        const onProgress = throttled((progress: OperationProgress) => showOperation(live, progress));
        const report = await backup(dataFolder(data, cli.env), file, { now: new Date(), onProgress });
        live.end();
        if (report.check !== null && exitOf(report.check) !== 'ok')
          screen.note(
            `The backup was made, and is as its original: something in these books is wrong.\n${reportText(report.check, screen)}`,
          );
        screen.result(report, () => backupText(report));
        screen.note(
          'Whoever has this file can act as your project: keys and tokens are in it. Keep it where only you can read it, or encrypt it.',
        );
        return report.check === null ? 'ok' : exitOf(report.check);
      }),
    );

export function showOperation(live: Live, { now, share }: OperationProgress): void {
  const text = `${now.charAt(0).toUpperCase()}${now.slice(1)}${share === null ? '' : `: ${Math.floor(share * 100)} %`}`;
  live.show({ block: text, line: text });
}

function backupText({ file, bytes, manifest, check }: BackupReport): string {
  const { blobs, layout, epoch } = manifest;
  const read =
    check === null
      ? `its books were not checked, being of layout ${layout}: restore it once to be sure`
      : `${plural(check.jobs, 'job')}, ${plural(check.units, 'unit')}`;
  return `${file}\t${count(bytes)} bytes\t${read}, ${plural(blobs.count, 'blob')}, epoch ${epoch}`;
}
