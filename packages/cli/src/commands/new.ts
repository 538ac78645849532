import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CliError } from '../failure.ts';
import { type Cli, command, perform } from './cli.ts';

export const newCommand = (cli: Cli) =>
  command('new', 'make a folder with a task and a script that submits it')
    .argument('<folder>', 'its last part becomes the name of the task')
    .action((folder, options) =>
      perform(cli, options, async (screen) => {
        const path = resolve(folder);
        const name = basename(path);
        if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
          throw new CliError('usage', `"${name}" cannot name a task: use lower-case letters, digits and dashes, beginning with a letter.`);
        }
        if (existsSync(path)) throw new CliError('data', `${path} is there already, and nothing was changed. Choose another name.`);
        await mkdir(path, { recursive: true });
        const files = Object.entries(filesOf(name));
        for (const [file, text] of files) await writeFile(join(path, file), text, { flag: 'wx' });
        screen.result({ folder: path, files: files.map(([file]) => file) }, () =>
          [
            `Made ${path}:`,
            ...files.map(([file]) => `  ${file}`),
            'Next:',
            `  cd ${folder} && npm install`,
            `  npx manyhands try ${name}.task.ts --input '{"from":1,"to":1000}'`,
            '  npx manyhands dev          # in another terminal: a coordinator and three volunteers',
            '  node submit.ts',
          ].join('\n'),
        );
        return 'ok';
      }),
    );

const filesOf = (name: string): Record<string, string> => ({
  'package.json': `${JSON.stringify(
    {
      name,
      private: true,
      type: 'module',
      dependencies: { '@manyhands/task-sdk': '^0.1.0', zod: '^4.6.7' },
      devDependencies: { '@manyhands/cli': '^0.1.0' },
    },
    null,
    2,
  )}\n`,
  [`${name}.task.ts`]: `import { defineTask, quorum } from '@manyhands/task-sdk';
import * as z from 'zod';

// This file is bundled, signed and sent to volunteers: the longest Collatz chain that starts below \`to\`.
export default defineTask({
  name: '${name}',
  version: '1.0.0',
  title: 'Longest Collatz chains',
  license: 'MIT',
  input: z.object({ from: z.int().positive(), to: z.int() }),
  output: z.object({ n: z.int(), steps: z.int() }),
  verify: quorum(2),
  run({ from, to }, ctx) {
    let best = { n: from, steps: 0 };
    for (let n = from; n < to; n++) {
      let steps = 0;
      for (let at = n; at > 1; steps++) at = at % 2 === 0 ? at / 2 : 3 * at + 1;
      if (steps > best.steps) best = { n, steps };
      ctx.progress((n - from) / (to - from));
    }
    return best;
  },
});
`,
  'submit.ts': `import { connect, ranges } from '@manyhands/task-sdk';
import task from './${name}.task.ts';

await using grid = await connect();
const job = grid.map(task, ranges(1, 1_000_001, 50_000));
console.log(await job.url);

let best = { n: 0, steps: 0 };
for await (const result of job) {
  if (result.status === 'ok' && result.output.steps > best.steps) best = result.output;
}
console.log(\`Below a million, \${best.n} has the longest chain: \${best.steps} steps.\`);
`,
});
