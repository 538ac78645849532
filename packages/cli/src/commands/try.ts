import { encodeValue } from '@manyhands/protocol';
import type { Trial } from '@manyhands/task-sdk/testing';
import { inputsOf } from '../inputs/input-options.ts';
import { type Cli, command, perform } from './cli.ts';

export const tryCommand = (cli: Cli) =>
  command('try', 'compute one input here, twice, in the sandbox that volunteers use')
    .argument('<task>', 'the file whose default export is the task')
    .requiredOption('--input <json>', 'the input, as JSON')
    .option('--seed <text>', 'seeds Math.random, as a unit’s id does')
    .action((task, options) =>
      perform(cli, options, async (screen) => {
        const [input] = inputsOf({ input: [options.input] }, process.stdin) as unknown[];
        const { tryTask } = await import('@manyhands/task-sdk/testing');
        const live = screen.live();
        const trial = await tryTask(task, input, {
          ...(options.seed === undefined ? {} : { seed: options.seed }),
          onLog: (line) => screen.note(`log: ${line}`),
          onProgress: (fraction) => live.show({ block: `${Math.floor(fraction * 100)} %`, line: `${Math.floor(fraction * 100)} %` }),
        });
        live.end();
        screen.result(trialJson(trial), () => trialText(trial));
        return trial.agrees !== false && trial.proven !== false ? 'ok' : 'unsuccessful';
      }),
    );

const trialJson = (trial: Trial<unknown>): object => ({
  ...trial,
  output: JSON.parse(trial.text),
  checkpoints: trial.checkpoints.map((state) => JSON.parse(encodeValue(state))),
});

function trialText({ text, deterministic, agrees, advice, otherText, elapsedMs, layers, proven }: Trial<unknown>): string {
  const verdict = deterministic
    ? 'Both runs gave this answer, bit for bit.'
    : `The second run gave another answer${agrees === true ? ', which agrees with it as the task says' : ''}:\n${otherText}`;
  const proof = proven === null ? '' : proven ? ' The proof accepts it.' : ' But the proof refuses it: correct `check`, or `run`.';
  return [
    text,
    `${verdict}${proof}`,
    ...(advice === null ? [] : [advice]),
    `${elapsedMs.map((ms) => `${Math.round(ms)} ms`).join(' and ')}, in: ${layers.join(', ')}.`,
  ].join('\n');
}
