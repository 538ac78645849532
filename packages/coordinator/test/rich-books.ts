/** A data folder with rows of every kind, played through the engine: every policy, every way to end, teams, blobs, and work in flight. */
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import { confidenceOf, hostId, quorumOf, taskId } from '@manyhands/testkit';
import { openFsBlobStore } from '../src/blobs/fs-blob-store.ts';
import type { Host } from '../src/domain/change-set.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { assigned } from './assigned.ts';
import { type Held, okResult, refOf, taskFacts, type Volunteer, World } from './engine-world.ts';
import { MirroredStore } from './mirrored-store.ts';

const right = (index: number): string => `answer ${index}`;
const indexIn = (seed: string): number => Number(seed.split('/')[1]);

const POLICIES: readonly VerifyPolicy[] = [quorumOf(2), { kind: 'proof' }, confidenceOf(100)];

/** Closed when it resolves. The world's own tables are what is in the folder. */
export async function playRichBooks(folder: string, { units = 100, rounds = 8 } = {}): Promise<World> {
  await using real = await openSqliteStore(folder);
  const world = new World({ store: new MirroredStore(real), limits: { firstQuota: 64 }, digestText: digestOf });
  world.judge.truth = (seed) => ({ kind: 'computed', digest: digestOf(right(indexIn(seed))), output: right(indexIn(seed)) });
  world.judge.answer = ({ seed, output }) => ({ kind: output === right(indexIn(seed)) ? 'valid' : 'invalid' });
  const blob = await putBlob(folder, 'a large answer');
  world.blobs.sizes.set(blob.blob, blob.bytes);
  const bundle = await putBlob(folder, 'the code');
  const tasks = POLICIES.map((verify, i) => {
    const facts = taskFacts(verify, taskId(i + 1));
    return { ...facts, manifest: { ...facts.manifest, bundle: bundle.blob, bundleBytes: bundle.bytes } };
  });
  await world.store.commit({ tasks });
  await world.coordinator.start();
  await world.coordinator.addAuthor({ name: 'ada', key: 'key', tokenHash: 'f'.repeat(64), addedAt: 0, revokedAt: null });

  const jobs = await Promise.all(
    POLICIES.map((_, i) => world.job({ task: taskId(i + 1), key: `job ${i}`, inputs: { kind: 'index', count: units } })),
  );
  const stream = await world.job({ key: 'stream', inputs: { kind: 'stream' }, priority: 1 });
  const lines = ['"one"', `@${blob.blob} ${blob.bytes}`];
  await world.coordinator.appendUnits({
    job: stream,
    author: 'ada',
    chunk: 0,
    lines: lines.join('\n'),
    count: 2,
    digest: digestOf(lines.join('\n')),
    close: true,
  });
  const cancelled = await world.job({ key: 'cancelled', priority: 2 });

  const hosts = await Promise.all([1, 2, 3, 4, 5].map((n) => world.host(n, { account: Math.min(n, 4) })));
  await (hosts[0] as Volunteer).ask(2);
  await world.coordinator.cancelJob(cancelled, null);
  for (let round = 0; round < rounds; round++)
    for (const [n, host] of hosts.entries()) {
      await host.ask(7);
      // Some of what each is given comes to nothing, one unit fails everywhere, and the last host lies once it is trusted.
      const leases = assigned(host).filter((_, i) => i > 0 || round < rounds - 2);
      const failed = leases.filter(({ job, index }, i) => (i === 0 && round === 2) || (job === jobs[1] && index === 3));
      const output = ({ job, index }: Held) =>
        n === 4 && round >= rounds - 2 ? 'wrong' : job === stream && index === 1 ? blob : right(index);
      await host.receive({
        type: 'submit',
        results: leases.map((lease) =>
          failed.includes(lease)
            ? { ...refOf(lease), status: 'error', kind: 'thrown', message: 'thrown!', elapsedMs: 1 }
            : okResult(lease, output(lease)),
        ),
      });
      await world.advance(1_000);
    }
  await world.advance(70_000);
  for (const host of hosts) await host.ask(2);
  const named = { displayName: 'Ada', team: 'Tortoises' };
  for (const host of [1, 2]) await world.store.commit({ hosts: [{ ...((await world.store.loadHost(hostId(host))) as Host), ...named }] });
  await world.coordinator.stop();
  return world;
}

async function putBlob(folder: string, text: string): Promise<{ blob: Digest; bytes: number }> {
  const blobs = await openFsBlobStore(join(folder, 'blobs'));
  const [blob, bytes] = [digestOf(text), Buffer.from(text)];
  await blobs.put(
    blob,
    (async function* () {
      yield bytes;
    })(),
    1_000,
  );
  return { blob, bytes: bytes.length };
}
