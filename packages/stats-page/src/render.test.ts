import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '../test/hostile-texts.ts';
import { sampleJob, sampleMap, sampleProject, sampleStats } from '../test/sample-views.ts';
import { assets } from './assets.ts';
import { renderJob, renderNotFound, renderOverview } from './render.ts';

const pages = () => [
  renderOverview(sampleStats(), sampleProject(), { map: sampleMap(), origin: 'https://grid.example.org' }),
  renderOverview(sampleStats({ jobs: [], leaders: [], throughput: [] }), sampleProject()),
  renderJob(sampleJob(), sampleMap(), sampleStats(), sampleProject()),
  renderNotFound(),
];

test('[PG1] a page begins with its sentence', () => {
  const [overview, empty, job] = pages();
  expect(overview).toContain('<h1>3,412 of 10,000 units verified, about 2 minutes left.</h1>');
  expect(overview).toContain('<title>3,412 of 10,000 units verified, about 2 minutes left · Radio Grid</title>');
  expect(empty).toContain('<h1>Ready for the first job.</h1>');
  expect(job).toContain('<h1>3,412 of 10,000 units verified, about 2 minutes left.</h1>');
});

test('[PG2] the HTML alone holds leaders, jobs, the map, throughput and the command to join', () => {
  const [overview = ''] = pages();
  for (const text of [
    'Grace',
    '12,000',
    'Narrowband tones',
    'Map of the search space',
    'Units per second',
    "manyhands join 'https://grid.example.org/#key=kkkk",
  ]) {
    expect(overview).toContain(text);
  }
});

test('[PG3] nothing inline is executed or styled, and nothing comes from elsewhere', () => {
  for (const html of pages()) {
    expect(html).not.toMatch(/\sstyle=|<style|\son\w+=/i);
    const scripts = [...html.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes ?? '');
    for (const attributes of scripts) expect(attributes).toMatch(/src="\/assets\/|type="application\/json"/);
    for (const [, address = ''] of html.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^[/#]/);
  }
});

test('[PG4] no hostile text becomes markup, in the HTML or in the embedded data', () => {
  for (const text of HOSTILE_TEXTS) {
    const stats = sampleStats({
      project: text,
      leaders: [{ account: text, name: text, validResults: 1, credit: 1 }],
      jobs: [sampleJob({ title: text, author: text, taskName: text })],
    });
    const project = sampleProject({ name: text, description: text, operator: text, software: text });
    const map = { unitsPerCell: 1, cells: [{ state: 'final' as const, final: 1, total: 1, verifiedBy: [text] }] };
    const plain = renderOverview(sampleStats({ leaders: sampleStats().leaders.slice(0, 1) }), sampleProject(), {
      map: { ...map },
      origin: 'https://x.example',
    });
    const html = renderOverview(stats, project, { map, origin: text });
    expect(tagsOf(html)).toEqual(tagsOf(plain));
    const embedded = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    expect(embedded).not.toContain('<');
    expect(JSON.parse(embedded).stats).toEqual(JSON.parse(JSON.stringify(stats)));
  }
});

/** Names of all tags in order, as an HTML parser's tokenizer would see them outside of attribute values. */
const tagsOf = (html: string): string[] =>
  [...html.replaceAll(/"[^"]*"/g, '""').matchAll(/<\/?([a-z!][\w-]*)/gi)].map(([, name]) => name ?? '');

test('[PG12] figures carry the time at which they were true', () => {
  expect(pages()[0]).toContain('<time datetime="2026-11-22T18:45:12.000Z">22 Nov 2026, 18:45:12 UTC</time>');
});

test('[PG13] an account without a name is anonymous', () => {
  expect(pages()[0]).toContain('Anonymous bbbb');
  expect(pages()[0]?.replace(/<script type="application\/json".*<\/script>/s, '')).not.toContain('account_');
});

test('[PG14] every asset a page names is there, under a digest of its content', () => {
  const named = new Set(pages().flatMap((html) => [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '')));
  expect([...assets.keys()].sort()).toEqual([...named].sort());
  for (const [path, { body, contentType }] of assets) {
    expect(path).toContain(createHash('sha256').update(body).digest('base64url').slice(0, 16));
    expect(contentType).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml)/);
  }
});
