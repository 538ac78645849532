/** Tests with a folder and a coordinator of their own. */
import { test as base } from 'vitest';
import { FakeCoordinator } from './fake-coordinator.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

interface Surroundings {
  folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
  coordinator: FakeCoordinator;
}

export const test = base.extend<Surroundings>({
  folder: async ({ task: _ }, use) => {
    await using folder = await openTemporaryFolder();
    await use(folder);
  },
  coordinator: async ({ task: _ }, use) => {
    await using coordinator = await FakeCoordinator.open();
    await use(coordinator);
  },
});
