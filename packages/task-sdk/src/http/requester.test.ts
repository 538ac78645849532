import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeCoordinator } from '../../test/fake-coordinator.ts';
import { CoordinatorApi } from './coordinator-api.ts';
import { backoffMs, type Timing } from './patience.ts';
import { Requester } from './requester.ts';

function patient(url: string, patienceMs = 60_000): { api: CoordinatorApi; waits: number[] } {
  const waits: number[] = [];
  const timing: Timing = { random: () => 0, wait: async (ms) => void waits.push(ms) };
  return { api: new CoordinatorApi(new Requester({ url, token: 'secret', patienceMs, timing })), waits };
}

test('[SK16] waits double, jittered between half and whole, up to 15 seconds', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e6 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const full = Math.min(15_000, 250 * 2 ** Math.min(attempt, 20));
      const waitMs = backoffMs(attempt, random);
      expect(waitMs).toBeGreaterThanOrEqual(full / 2);
      expect(waitMs).toBeLessThanOrEqual(full);
    }),
  );
});

test('[SK16] a dropped connection and an overloaded coordinator are tried again', async () => {
  await using fake = await new FakeCoordinator().start();
  fake.faults.push({ path: /project/, kind: 'drop' }, { path: /project/, kind: 'overload' });
  const { api, waits } = patient(fake.url);
  expect((await api.project()).name).toBe('fake');
  expect(waits).toEqual([125, 250]);
});

test('[SK16] a coordinator that stays away is given up after the patience, by name and cause', async () => {
  const fake = await new FakeCoordinator().start();
  await fake.stop();
  const { api, waits } = patient(fake.url, 1_000);
  await expect(api.project()).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(`${fake.url} (ECONNREFUSED)`),
  });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(1_000);
});

test('[SK16] a refusal is not tried again; its message is the coordinator’s own', async () => {
  await using fake = await new FakeCoordinator().start();
  const { api, waits } = patient(fake.url);
  const refused = { code: 'refused', message: expect.stringContaining('There is no /v1/jobs/'), answer: { code: 'not-found' } };
  await expect(api.job('job_unknown' as never)).rejects.toMatchObject(refused);
  expect(waits).toEqual([]);
});

test('[SK16] an aborted request ends with the reason given, not with another try', async () => {
  await using fake = await new FakeCoordinator().start();
  const { api, waits } = patient(fake.url);
  const reason = new Error('enough');
  await expect(api.job('job_x' as never, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(waits).toEqual([]);
});

test('[SK21] bytes that are not what their name says are refused', async () => {
  await using fake = await new FakeCoordinator().start();
  const { api } = patient(fake.url);
  const digest = `sha256:${'0'.repeat(64)}` as never;
  fake.blobs.set(digest, Buffer.from('forged'));
  await expect(api.getBlob(digest)).rejects.toMatchObject({ code: 'blob' });
});
