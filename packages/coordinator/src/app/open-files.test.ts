import { expect, test } from 'vitest';
import { affordableConnections } from './open-files.ts';

test('[HT27] as many connections as there are open files, less what the rest needs', () => {
  const { userLimits } = process.report.getReport() as { userLimits: { open_files: { soft: number | 'unlimited' } } };
  const { soft } = userLimits.open_files;
  expect(affordableConnections()).toBe(soft === 'unlimited' ? null : Math.max(1, soft - 500));
});
