import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MIGRATIONS } from '../../packages/coordinator/src/store/sqlite/migrations/migrations.ts';
import { fromText, rowsIn } from '../compat/database-text.ts';
import { audit } from './audit.ts';
import { backUp, interruptBackup, interruptRestore, makeProject, type Project } from './interrupted-commands.ts';
import { type Moment, runKilledAt } from './killed-command.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

let workshop: Workshop;
let project: Project;
beforeAll(async () => {
  workshop = await openWorkshop();
  project = await makeProject(workshop.path);
});
afterAll(() => workshop?.[Symbol.asyncDispose]());

test.each<Moment>([
  { call: 'pwrite64', nth: 40 },
  { call: 'write', nth: 6 },
  { call: 'rename', nth: 1 },
])(
  '[CR7] a backup killed before its $call $nth leaves no file, or a whole one',
  async (moment) => {
    expect(await interruptBackup(project, workshop.path, moment)).toEqual({ wasKilled: true, violations: [] });
  },
  60_000,
);

test('[CR7] a restore killed at any moment leaves a folder that says so, or a whole one; the next one makes it whole', async () => {
  const file = join(workshop.path, 'project.tar');
  await backUp(project, file);
  for (const moment of [
    { call: 'write', nth: 5 },
    { call: 'rename', nth: 2 },
    { call: 'rename', nth: 5 },
  ] as const)
    expect(await interruptRestore(project, file, workshop.path, moment), `${moment.call} ${moment.nth}`).toEqual({
      wasKilled: true,
      violations: [],
    });
}, 90_000);

test.each([3, 12, 30])(
  '[CR6] a migration killed before its write %i is done again from where it was, and loses nothing',
  async (nth) => {
    const folder = join(workshop.path, `layout-1-${nth}`);
    await mkdir(folder);
    fromText(readFileSync(new URL('../compat/fixtures/layout-1.sql', import.meta.url), 'utf8'), folder);
    const before = rowsIn(folder);
    expect(runKilledAt({ call: 'pwrite64', nth }, ['serve', '--data', folder, '--port', '0'])).toBe(true);
    const nothingMore = { results: new Map(), chunks: [], blobs: new Set<never>() };
    // The recorded world had no code for its tasks and none of its blobs.
    expect((await audit(folder, nothingMore)).violations.filter((violation) => !violation.startsWith('I38'))).toEqual([]);
    const after = rowsIn(folder);
    expect(after['migration']).toHaveLength(MIGRATIONS.length);
    for (const table of ['unit', 'result', 'posting', 'input_chunk']) expect(after[table], table).toMatchObject(before[table] ?? []);
  },
  60_000,
);
