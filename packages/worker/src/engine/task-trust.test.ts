import type { SignedTask } from '@manyhands/protocol';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/fake-clock.ts';
import { FakeProject } from '../../test/fake-project.ts';
import { SILENT } from '../../test/silent-log.ts';
import { createPinnedVerifier } from '../host/pinned-verifier.ts';
import type { Answer, CoordinatorApi } from '../ports/coordinator-api.ts';
import type { TrustedTask } from '../ports/task-verifier.ts';
import { Patience } from './patience.ts';
import { TaskTrust } from './task-trust.ts';

const DAY_MS = 24 * 3_600_000;
let clock: FakeClock;
let project: FakeProject;
let shelf: Map<string, SignedTask>;
let asked: number;
let accepted: TrustedTask[];
let answer: ((signed: SignedTask | undefined) => Answer<SignedTask>) | null;

beforeEach(() => {
  clock = new FakeClock();
  project = new FakeProject();
  shelf = new Map();
  asked = 0;
  accepted = [];
  answer = null;
});

function createTrust(closing = new AbortController().signal): TaskTrust {
  const patience = new Patience(clock, { random: () => 0 }, SILENT);
  patience.setOnline(true);
  const api: Pick<CoordinatorApi, 'fetchTask'> = {
    async fetchTask(id) {
      asked++;
      const signed = project.tasks.get(id);
      return answer?.(signed) ?? { kind: 'ok', value: signed as SignedTask };
    },
  };
  return new TaskTrust({
    api: api as CoordinatorApi,
    shelf: { find: async (id) => shelf.get(id) ?? null, store: async (id, signed) => void shelf.set(id, signed) },
    verify: createPinnedVerifier(project.key.publicKey, clock),
    patience,
    clock,
    closing,
    onAccepted: (task) => accepted.push(task),
  });
}

test('a task is fetched and checked once, however many leases name it, and announced once', async () => {
  const id = project.publish('return 1;', { expiresAt: clock.now() + DAY_MS });
  const trust = createTrust();
  const outcomes = await Promise.all([trust.of(id), trust.of(id), trust.of(id)]);
  clock.advance(120_000);
  expect([...outcomes, await trust.of(id)].every(({ ok }) => ok)).toBe(true);
  expect([asked, accepted.length, shelf.has(id)]).toEqual([1, 1, true]);
});

test('[WK5] a certificate that expires while its task is in use ends the trust within a minute', async () => {
  const id = project.publish('return 1;', { expiresAt: clock.now() + 1_000 });
  const trust = createTrust();
  expect((await trust.of(id)).ok).toBe(true);
  // The chain allows a day for clocks that are off.
  clock.advance(DAY_MS + 61_000);
  expect(await trust.of(id)).toMatchObject({ ok: false, reason: expect.stringContaining('not valid at this time') });
});

test('[WK5] a stored task that is no longer valid may have been signed anew: it is asked for, then believed or not', async () => {
  const id = project.publish('return 1;', { expiresAt: clock.now() + DAY_MS });
  const expired = project.tasks.get(id) as SignedTask;
  shelf.set(id, { ...expired, certificate: { ...expired.certificate, text: '{}' } });
  answer = () => ({ kind: 'refused', reason: '404' });
  expect(await createTrust().of(id)).toMatchObject({ ok: false, reason: expect.stringContaining('not signed by the project key') });
  answer = null;
  expect(await createTrust().of(id)).toMatchObject({ ok: true });
  expect(shelf.get(id)).toEqual(expired);
});

test('[WK3] a manifest that is not to be had is not trusted, and the reason is told', async () => {
  const id = project.publish('return 1;');
  answer = () => ({ kind: 'refused', reason: '404 Nothing of that name.' });
  expect(await createTrust().of(id)).toEqual({ ok: false, reason: 'its signed manifest is not to be had: 404 Nothing of that name.' });
  expect([shelf.size, accepted.length]).toEqual([0, 0]);
});

test('when the daemon ends nobody is left waiting', async () => {
  const closing = new AbortController();
  const trust = createTrust(closing.signal);
  answer = () => ({ kind: 'unavailable', reason: 'busy', toldMs: null });
  const waiting = trust.of(project.publish('return 1;'));
  closing.abort(new Error('the worker ends'));
  await expect(waiting).rejects.toThrow('the worker ends');
});
