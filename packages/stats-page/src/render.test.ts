import { createHash } from 'node:crypto';
import type { AccountLine } from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '../test/hostile-texts.ts';
import {
  accountOf,
  sampleAccount,
  sampleAround,
  sampleJob,
  sampleMap,
  sampleProject,
  sampleStats,
  sampleTeam,
} from '../test/sample-views.ts';
import { assets } from './assets.ts';
import { renderAccount, renderJob, renderNotFound, renderOverview, renderTeam } from './render.ts';

const around = () => ({ stats: sampleStats(), project: sampleProject() });
const pages = () => [
  renderOverview(sampleStats(), sampleProject(), { map: sampleMap(), origin: 'https://grid.example.org' }),
  renderOverview(sampleStats({ jobs: [], leaders: [], teams: [], throughput: [] }), sampleProject()),
  renderJob(sampleJob(), sampleMap(), sampleStats(), sampleProject()),
  renderNotFound(),
  renderAccount(sampleAccount(), sampleAround(), around()),
  renderTeam(sampleTeam(), around()),
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
    'Night shift',
    '8,120',
    '57.2',
    'Teams by credit',
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
      leaders: [{ account: text, name: text, team: text, validResults: 1, credit: 1, recentCredit: 1 }],
      teams: [{ team: text, accounts: 1, validResults: 1, credit: 1, recentCredit: 1 }],
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

test('[PG4] no hostile name of a volunteer or team becomes markup on a page of its own', () => {
  const line = { account: accountOf('a'), validResults: 1, credit: 1, recentCredit: 1 };
  const [plain, plainTeam] = ['x', 'y'].map((text) => earnerPages({ ...line, name: text, team: text }));
  expect(plainTeam?.map(tagsOf)).toEqual(plain?.map(tagsOf));
  for (const text of HOSTILE_TEXTS) expect(earnerPages({ ...line, name: text, team: text }).map(tagsOf)).toEqual(plain?.map(tagsOf));
});

const earnerPages = (line: AccountLine & { team: string }): string[] => [
  renderAccount({ ...sampleAccount(), ...line }, sampleAround([line]), around()),
  renderTeam({ ...sampleTeam(), team: line.team, members: [line] }, around()),
];

/** Names of all tags in order, as an HTML parser's tokenizer would see them outside of attribute values. */
const tagsOf = (html: string): string[] =>
  [...html.replaceAll(/"[^"]*"/g, '""').matchAll(/<\/?([a-z!][\w-]*)/gi)].map(([, name]) => name ?? '');

test('[PG12] figures carry the time at which they were true', () => {
  expect(pages()[0]).toContain('<time datetime="2026-11-22T18:45:12.000Z">22 Nov 2026, 18:45:12 UTC</time>');
});

test('[PG13] an account without a name is anonymous, on every page', () => {
  const [overview = '', , job = '', , account = '', team = ''] = pages();
  for (const html of [overview, job, account, team]) {
    expect(html).toContain('Anonymous bbbb');
    // Its id is where links lead, and nowhere to be read.
    const words = html.replace(/<script type="application\/json".*<\/script>/s, '').replaceAll(/<[^>]*>/g, ' ');
    expect(words).not.toContain('account_');
  }
});

test('[PG19] a volunteer’s page says what they earned, in which place, day by day, and who stands beside them', () => {
  const html = renderAccount(sampleAccount(), sampleAround(), around());
  expect(html).toContain('<h1 dir="auto">Grace has earned 8,120 credits, place 2.</h1>');
  for (const text of [
    'Volunteer on team',
    'href="/teams/Night%20shift"',
    '2 more were not believed',
    'not placed yet',
    'Day by day',
    '2026-11-22',
  ])
    expect(html).toContain(text);
  expect(html).toContain('aria-label="Bar chart, at most 89.5 credits a day"');
  expect(html.match(/class="day"/g)).toHaveLength(30);
  expect(html).toContain('aria-current="page"');
  expect(html).not.toContain('<script');
});

test('[PG19] a team’s page says what it earned and who its members are', () => {
  const html = renderTeam(sampleTeam(), around());
  expect(html).toContain('<h1 dir="auto">Night shift has earned 9,000 credits, place 1.</h1>');
  for (const text of ['Members by credit', 'Grace', 'place 4', '3']) expect(html).toContain(text);
});

test('[PG19] whoever has earned nothing yet has a page all the same', () => {
  const nothing = { credit: 0, recentCredit: 0, validResults: 0, ranks: { total: null, recent: null }, days: [], name: null, team: null };
  const html = renderAccount(sampleAccount(nothing), sampleAround([]), around());
  expect(html).toContain('Anonymous aaaa has earned 0 credits, not placed yet.');
  expect(html).toContain('No work in this time.');
  expect(html).not.toMatch(/NaN|undefined|null/);
});

test('[PG14] every asset a page names is there, under a digest of its content', () => {
  const named = new Set(pages().flatMap((html) => [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '')));
  expect([...assets.keys()].sort()).toEqual([...named].sort());
  for (const [path, { body, contentType }] of assets) {
    expect(path).toContain(createHash('sha256').update(body).digest('base64url').slice(0, 16));
    expect(contentType).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml)/);
  }
});
