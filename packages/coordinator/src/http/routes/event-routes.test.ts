import { statsViewSchema } from '@manyhands/protocol';
import { expect, test, vi } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';

/** Opens the stream and keeps what it says. */
async function listen(bench: HttpBench) {
  const leaving = new AbortController();
  const response = await fetch(`${bench.url}/v1/events`, { signal: leaving.signal });
  let text = '';
  const ended = (async () => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
  })();
  ended.catch(() => {});
  const figures = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => statsViewSchema.parse(JSON.parse(data as string)));
  return { response, figures, ended, leave: () => leaving.abort() };
}

test('[HT21] a page gets the figures at once, and again when they changed', async () => {
  await using bench = await new HttpBench().open();
  const { response, figures } = await listen(bench);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  await vi.waitFor(() => expect(figures()).toHaveLength(1));
  const job = await bench.job({ inputs: { kind: 'index', count: 3 } });
  await bench.finish(job.id, 0, '1');
  bench.clock.advance(500);
  await vi.waitFor(() => expect(figures()).toHaveLength(2));
  expect(figures()[1]).toMatchObject({ finalUnits: 1, jobs: [{ id: job.id }] });
});

test('[HT21] however often something changes, a page is told twice a second', async () => {
  await using bench = await new HttpBench().open();
  const { figures } = await listen(bench);
  await vi.waitFor(() => expect(figures()).toHaveLength(1));
  const job = await bench.job({ inputs: { kind: 'index', count: 100 } });
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 10; i++) {
      bench.coordinator.announce(job.id);
      bench.clock.advance(50);
    }
    await vi.waitFor(() => expect(figures()).toHaveLength(second + 2));
  }
});

test('[HT21] a page that hears of no change hears every ten seconds that there was none', async () => {
  await using bench = await new HttpBench().open();
  const { figures } = await listen(bench);
  await vi.waitFor(() => expect(figures()).toHaveLength(1));
  bench.clock.advance(9_900);
  bench.clock.advance(100);
  await vi.waitFor(() => expect(figures()).toHaveLength(2));
});

test('[HT22] a page that leaves makes room', async () => {
  await using bench = await new HttpBench().open({ streams: 1 });
  const first = await listen(bench);
  expect((await bench.ask('GET', '/v1/events')).code).toBe('overloaded');
  first.leave();
  await vi.waitFor(async () => {
    const next = await listen(bench);
    next.leave();
    expect(next.response.status).toBe(200);
  });
});

test('[HT24] a server that closes ends its events', async () => {
  const bench = await new HttpBench().open();
  const { figures, ended } = await listen(bench);
  await vi.waitFor(() => expect(figures()).toHaveLength(1));
  await bench[Symbol.asyncDispose]();
  await ended;
});
