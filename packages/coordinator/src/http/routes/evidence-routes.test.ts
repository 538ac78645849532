import { type EvidenceLine, evidenceLineSchema, type JobId, jobMapSchema, type UnitView, unitViewSchema } from '@manyhands/protocol';
import { accountId, confidenceOf, hostId, leaseId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';
import type { StoredResult } from '../../domain/change-set.ts';
import { freshIndex } from '../../domain/fresh-order.ts';
import { type Job, ZERO_COUNTS } from '../../domain/job.ts';
import type { WorkUnit } from '../../domain/work-unit.ts';

const linesIn = (text: string): EvidenceLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => evidenceLineSchema.parse(JSON.parse(line)));

async function jobWith(bench: HttpBench, changes: Partial<Job> = {}): Promise<JobId> {
  const { id } = await bench.job({ inputs: { kind: 'index', count: 100 } });
  const job = (await bench.coordinator.store.loadJob(id)) as Job;
  await bench.coordinator.change(job, changes);
  return id;
}

async function eve(bench: HttpBench): Promise<string> {
  const answer = await bench.post('/v1/authors', { name: 'eve', key: bench.authorKey.publicKey }, bench.adminToken);
  return answer.json<{ token: string }>().token;
}

const unitOf = (bench: HttpBench, id: JobId, index: number, token: string | null = bench.token) =>
  bench.ask('GET', `/v1/jobs/${id}/units/${index}`, { token });
const evidenceOf = (bench: HttpBench, id: JobId, query = '', token: string | null = bench.token) =>
  bench.ask('GET', `/v1/jobs/${id}/evidence${query}`, { token });

test('[HT13] a unit is shown with its input, its evidence and its story, and no lease', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench);
  await bench.finish(id, 1, '"out"');
  const answer = await unitOf(bench, id, 1);
  const view: UnitView = unitViewSchema.parse(answer.json());
  expect(view).toMatchObject({ id: `${id}/1`, input: '1', state: { kind: 'final' }, evidence: [{ body: { output: '"out"' } }] });
  expect(view.story.map(({ kind }) => kind)).toEqual(['handed-out', 'answered', 'final', 'believed']);
  expect(answer.text).not.toContain('lease_');
  expect((await unitOf(bench, id, 0)).json()).toMatchObject({ state: { kind: 'open' }, evidence: [] });
  expect((await unitOf(bench, id, 100)).code).toBe('not-found');
  expect((await bench.ask('GET', `/v1/jobs/${id}/units/x`)).code).toBe('bad-request');
});

test('[HT25] an open unit is the author’s and the operator’s, one that has ended everybody’s', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench);
  await bench.finish(id, 1, '"out"');
  expect(await unitOf(bench, id, 0, null)).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('Ask again when the unit has ended'),
  });
  expect((await unitOf(bench, id, 0, await eve(bench))).code).toBe('forbidden');
  expect((await unitOf(bench, id, 0, 'nobody')).code).toBe('unauthorized');
  expect((await unitOf(bench, id, 0, bench.adminToken)).status).toBe(200);
  expect((await unitOf(bench, id, 1, null)).status).toBe(200);
});

test('[HT25] under confidence units and results are the author’s until the job has ended', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench, { verify: confidenceOf(1_000) });
  await bench.finish(id, 1, '"out"');
  const results = (token: string | null) => bench.ask('GET', `/v1/jobs/${id}/results`, { token });
  for (const token of [null, await eve(bench)]) {
    expect((await unitOf(bench, id, 1, token)).message).toContain('Ask again when the job has ended');
    expect((await results(token)).code).toBe('forbidden');
  }
  expect([(await unitOf(bench, id, 1)).status, (await results(bench.token)).status]).toEqual([200, 200]);
  await bench.coordinator.change((await bench.coordinator.store.loadJob(id)) as Job, { state: 'done', endedAt: 9 });
  expect([(await unitOf(bench, id, 1, null)).status, (await results(null)).status]).toEqual([200, 200]);
});

/** Host 2 was checked on unit 0, which was final before. */
async function withCanary(bench: HttpBench): Promise<JobId> {
  const id = await jobWith(bench, { verify: confidenceOf(1_000) });
  await bench.finish(id, 0, '"out"');
  const store = bench.coordinator.store;
  const unit = (await store.loadUnit({ job: id, index: 0 })) as WorkUnit;
  const [at, holder] = [bench.clock.now() + 5, { lease: leaseId(7), host: hostId(2), account: accountId(2) }];
  const digest = `sha256:${'1'.repeat(64)}` as never;
  const canary = { kind: 'judged', no: 1, ...holder, leasedAt: at, returnedAt: at + 1, digest, valid: false } as const;
  const result: StoredResult = {
    job: id,
    index: 0,
    no: 1,
    ...holder,
    receivedAt: at + 1,
    elapsedMs: 1,
    late: true,
    body: { kind: 'ok', digest, output: '"forged"' },
  };
  await store.commit({ units: [{ ...unit, revision: 2, replicas: [...unit.replicas, canary] }], results: [result] });
  return id;
}

test('[HT25] who was checked on a canary is shown to the author only', async () => {
  await using bench = await new HttpBench().open();
  const id = await withCanary(bench);
  await bench.coordinator.change((await bench.coordinator.store.loadJob(id)) as Job, { state: 'done', endedAt: 9 });
  const purposes = (view: UnitView) => view.story.flatMap((event) => (event.kind === 'handed-out' ? [event.purpose] : []));
  const [own, others] = [await unitOf(bench, id, 0), await unitOf(bench, id, 0, null)];
  expect(purposes(unitViewSchema.parse(own.json()))).toEqual(['work', 'canary']);
  expect(purposes(unitViewSchema.parse(others.json()))).toEqual(['work']);
  expect(others.text).not.toContain(hostId(2));
  expect(others.text).not.toContain('forged');
});

test('[HT26] evidence is for the job’s author and the operator', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench);
  expect((await evidenceOf(bench, id, '', null)).code).toBe('unauthorized');
  expect((await evidenceOf(bench, id, '', await eve(bench))).code).toBe('forbidden');
  expect((await evidenceOf(bench, id, '', bench.adminToken)).status).toBe(200);
  expect((await evidenceOf(bench, 'job_0000000000000000000009' as JobId)).code).toBe('not-found');
  for (const query of ['?after=-1', '?limit=0', '?limit=x']) expect((await evidenceOf(bench, id, query)).code).toBe('bad-request');
});

test('[HT26] it is the job, its units by index, and an end; without lease or output', async () => {
  await using bench = await new HttpBench().open();
  const id = await withCanary(bench);
  for (const index of [70, 3, 41]) await bench.finish(id, index, `"out ${index}"`);
  const { text, headers } = await evidenceOf(bench, id);
  const [job, ...rest] = linesIn(text);
  expect(headers.get('content-type')).toContain('application/x-ndjson');
  expect(job).toMatchObject({
    type: 'job',
    job: id,
    verify: confidenceOf(1_000),
    policyVersion: 1,
    maxReplicas: 10,
    maxErrors: 3,
    finalUnits: 4,
  });
  expect(rest.map((line) => (line.type === 'unit' ? line.index : line.type))).toEqual([0, 3, 41, 70, 'end']);
  expect(rest[0]).toMatchObject({
    replicas: [{ no: 0 }, { no: 1 }],
    results: [
      { no: 0, late: false },
      { no: 1, late: true },
    ],
  });
  expect(text).not.toMatch(/lease_|out/);
});

test('[HT26] going on behind an index misses and repeats none', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench);
  for (let index = 0; index < 80; index++) await bench.finish(id, index, 'x');
  const seen: (number | string)[] = [];
  for (let after = ''; !seen.includes('end'); after = `&after=${seen.at(-1)}`) {
    const lines = linesIn((await evidenceOf(bench, id, `?limit=33${after}`)).text);
    expect(lines.shift()?.type).toBe('job');
    seen.push(...lines.map((line) => (line.type === 'unit' ? line.index : line.type)));
  }
  expect(seen).toEqual([...Array(80).keys(), 'end']);
});

test('[HT26] a job that was made before rules had versions is judged by the first', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench, { counts: ZERO_COUNTS });
  expect(linesIn((await evidenceOf(bench, id)).text)).toMatchObject([{ type: 'job', policyVersion: 1 }, { type: 'end' }]);
});

test('[HT26] where units are handed out in a secret order, none of those that were is missing', async () => {
  await using bench = await new HttpBench().open();
  const order = { key: 'secret', from: 0, to: 100 };
  const id = await jobWith(bench, { verify: confidenceOf(1_000), nextFresh: 9, order });
  const indexes = Array.from({ length: 9 }, (_, at) => freshIndex(order, at)).toSorted((a, b) => a - b);
  await bench.coordinator.store.commit({
    units: indexes.map(
      (index): WorkUnit => ({ job: id, index, revision: 1, state: { kind: 'open' }, replicas: [{ kind: 'ready', no: 0 }] }),
    ),
  });
  const lines = linesIn((await evidenceOf(bench, id)).text);
  expect(lines.slice(1).map((line) => (line.type === 'unit' ? line.index : line.type))).toEqual([...indexes, 'end']);
});

test('[HT26] what nobody was given costs nothing: a billion units, of which two were handed out wherever they lie', async () => {
  await using bench = await new HttpBench().open();
  const { id } = await bench.job({ inputs: { kind: 'index', count: 1_000_000_000 } });
  const job = (await bench.coordinator.store.loadJob(id)) as Job;
  await bench.coordinator.change(job, {
    verify: confidenceOf(1_000),
    nextFresh: 2,
    order: { key: 'secret', from: 0, to: 1_000_000_000 },
  });
  await bench.finish(id, 7, '"first"');
  await bench.finish(id, 999_999_990, '"last"');
  const lines = linesIn((await evidenceOf(bench, id)).text);
  expect(lines.flatMap((line) => (line.type === 'unit' ? [line.index] : []))).toEqual([7, 999_999_990]);
  expect(lines.at(-1)).toEqual({ type: 'end' });
});

test('[VF89] the author sees the map in order while the job runs, and nobody else', async () => {
  await using bench = await new HttpBench().open();
  const id = await jobWith(bench, { verify: confidenceOf(1_000), order: { key: 'secret', from: 0, to: 100 } });
  const mapFor = async (token: string | null) => jobMapSchema.parse((await bench.ask('GET', `/v1/jobs/${id}/map`, { token })).json());
  expect((await mapFor(bench.token)).isShuffled).toBeUndefined();
  expect((await mapFor(null)).isShuffled).toBe(true);
  expect((await mapFor(await eve(bench))).isShuffled).toBe(true);
});
