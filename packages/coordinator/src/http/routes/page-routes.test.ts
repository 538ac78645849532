import { expect, test } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';
import { accountId, host } from '../../store/store-rows.contract.ts';

test('[HT3] pages and their assets are served, and load nothing that the policy forbids', async () => {
  await using bench = await new HttpBench().open();
  const job = await bench.job({ inputs: { kind: 'index', count: 3 } });
  for (const path of ['/', `/jobs/${job.id}`]) {
    const { status, headers, text } = await bench.ask('GET', path);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('A job');
    const assets = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, asset]) => asset as string);
    expect(assets.length).toBeGreaterThanOrEqual(3);
    for (const asset of assets) {
      const answer = await bench.ask('GET', asset);
      expect([asset, answer.status, answer.headers.get('cache-control')]).toEqual([asset, 200, 'public, max-age=31536000, immutable']);
    }
  }
});

test('[HT1] an unknown job has a page that says so', async () => {
  await using bench = await new HttpBench().open();
  for (const path of ['/jobs/job_0000000000000000000009', '/jobs/nonsense']) {
    const { status, headers } = await bench.ask('GET', path);
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  }
});

test('[HT3] a hostile Host header does no harm', async () => {
  await using bench = await new HttpBench().open();
  const response = await bench.app.inject({ method: 'GET', url: '/', headers: { host: '"><script>alert(1)</script>' } });
  expect(response.body).not.toContain('<script>alert');
});

test('[PG19] volunteers and teams have pages; those nobody has heard of one that says so', async () => {
  await using bench = await new HttpBench().open();
  await bench.coordinator.store.commit({ hosts: [host(1, { displayName: 'Ada', team: 'Night shift' })] });
  for (const [path, words] of [
    [`/accounts/${accountId(1)}`, 'Ada has earned 0 credits'],
    ['/teams/Night%20shift', 'Night shift has earned 0 credits'],
  ] as const) {
    const { status, headers, text } = await bench.ask('GET', path);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain(words);
  }
  for (const path of [`/accounts/${accountId(9)}`, '/accounts/nonsense', '/teams/Nobody'])
    expect((await bench.ask('GET', path)).status, path).toBe(404);
});
