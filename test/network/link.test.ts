/** What a hostile coordinator can do to a worker: nothing but keep it from working. */
import { createKeyPair, createSecret, signTask } from '@manyhands/identity';
import { downstreamSchema, type LeaseId } from '@manyhands/protocol';
import { createDirectSandbox, type Sandbox, type SandboxTask } from '@manyhands/sandbox';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeCoordinator } from '../../packages/worker/test/fake-coordinator.ts';
import { openTemporaryFolder } from '../../packages/worker/test/temporary-folder.ts';
import { join, startVolunteer } from '../../packages/worker/test/volunteer.ts';
import { Chance } from '../simulation/chance.ts';
import { FrameSource } from './frame-source.ts';
import { fuzzLink } from './link-fuzz.ts';

const SEED = 3;
const LINK_FRAMES = 4_000;
const DAEMON_FRAMES = 1_500;
const source = new FrameSource(downstreamSchema);

test('[NW6] of whatever a coordinator says, exactly the messages up to the first frame that is none reach the worker', async () => {
  const { findings, frames, visits, heard } = await fuzzLink({ frames: LINK_FRAMES, seed: SEED });
  expect(findings).toEqual([]);
  expect(frames).toBeGreaterThanOrEqual(LINK_FRAMES);
  expect(Math.min(visits, heard)).toBeGreaterThan(100);
}, 180_000);

let coordinator: FakeCoordinator;
let folder: Awaited<ReturnType<typeof openTemporaryFolder>>;
beforeEach(async () => {
  coordinator = await FakeCoordinator.open();
  folder = await openTemporaryFolder();
});
afterEach(async () => {
  await coordinator[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Runs what it is given, and remembers what that was. */
function openWitness(): Sandbox & { readonly opened: SandboxTask[] } {
  const opened: SandboxTask[] = [];
  const inner = createDirectSandbox();
  return {
    ...inner,
    opened,
    openRunner(task) {
      opened.push(task);
      return inner.openRunner(task);
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** Tasks that nobody the volunteer trusts has signed, each wrong in its own way; answers their ids. */
function plantForgeries() {
  const { project } = coordinator;
  const script = 'globalThis.stolen = true; return 666;';
  const honest = project.publish('return input + 1;');
  const signed = project.tasks.get(honest);
  if (signed === undefined) throw new Error('nothing was published');
  const otherKeys = createKeyPair();
  const byStranger = project.publish(script, { certifier: otherKeys });
  const expired = project.publish(`${script} // expired`, { expiresAt: 1 });
  const swapped = project.publish(`${script} // swapped`);
  const renamed = signTask({ ...JSON.parse(signed.manifest.text), title: 'another' }, otherKeys, signed.certificate);
  project.tasks.set(renamed.id, renamed.signed);
  // Right manifest, other bytes.
  const { bundle } = JSON.parse(project.tasks.get(swapped)?.manifest.text ?? '{}') as { bundle: `sha256:${string}` };
  for (const digest of project.blobs.keys()) if (digest === bundle) project.blobs.set(digest, Buffer.from(script.padEnd(300)));
  return { honest, forged: [byStranger, expired, swapped, renamed.id] };
}

test('[NW7] a daemon that a hostile coordinator talks to stays up, runs nothing unsigned, and works on as soon as it is let', async () => {
  const chance = new Chance(SEED);
  const { honest, forged } = plantForgeries();
  await join(coordinator, folder.path);
  const sandbox = openWitness();
  await using volunteer = await startVolunteer(folder.path, { sandbox });
  await vi.waitFor(() => expect(coordinator.said('request-work').length).toBeGreaterThan(0));
  // HTTP of all kinds, too: what is asked for by forged names comes as nonsense now and then.
  coordinator.intercept = (_request, response) => {
    if (chance.isTrue(0.7)) return false;
    response.writeHead(chance.pick([200, 206, 302, 404, 500, 503]), {
      'content-type': 'application/json',
      location: '/',
      'retry-after': '0',
    });
    response.end(chance.pick(['', '{', 'null', '[]', '{"__proto__":{"polluted":1}}', 'x'.repeat(100_000)]));
    return true;
  };
  const wanted = (type: string) => type !== 'challenge' && type !== 'welcome';
  for (let i = 0; i < DAEMON_FRAMES; i++) {
    const { message } = source.drawValid(chance, [], wanted);
    const spoken = message as { type: string; task?: string; retryAfterMs?: number; leases?: { lease: string }[] };
    // A third of the leases are of tasks that exist and must not run.
    if (spoken.type === 'assign' && chance.isTrue(0.3)) spoken.task = chance.pick(forged);
    if (spoken.retryAfterMs !== undefined) spoken.retryAfterMs = chance.int(0, 50);
    coordinator.session.say(spoken as never);
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  coordinator.intercept = () => false;
  const leases = coordinator.enqueue(honest, ['1', '2', '3']);
  for (const lease of leases) coordinator.assign(coordinator.session, { lease, index: 1, task: honest, input: '1' });
  await vi.waitFor(() => expect([...coordinator.results.keys()]).toEqual(expect.arrayContaining([...leases] as LeaseId[])), {
    timeout: 20_000,
  });
  for (const lease of leases) expect(coordinator.results.get(lease)).toMatchObject({ status: 'ok' });
  expect(new Set(sandbox.opened.map(({ id }) => id))).toEqual(new Set([honest]));
  const refusals = [...coordinator.results.values()].filter((result) => result.status === 'error' && result.kind === 'untrusted');
  expect(refusals.length).toBeGreaterThan(forged.length);
  expect(Object.hasOwn(globalThis, 'stolen')).toBe(false);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(coordinator.breaches).toEqual([]);
  expect(volunteer.worker.status().state).toBe('working');
}, 180_000);

test('[NW7] a project that is named by another key is told nothing, whatever it says', async () => {
  await join(coordinator, folder.path);
  coordinator.shownKey = createSecret();
  const volunteer = await startVolunteer(folder.path, { sandbox: openWitness() });
  await volunteer.worker.closed;
  expect(coordinator.heard).toEqual([]);
});
