import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '../../packages/stats-page/test/hostile-texts.ts';
import {
  sampleAccount,
  sampleJob,
  sampleMap,
  sampleProject,
  sampleStats,
  sampleTeam,
} from '../../packages/stats-page/test/sample-views.ts';
import { openBrowser } from './open-browser.ts';
import { PageSite } from './page-site.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
const LIVE_PATHS = ['/', '/jobs/one'];
const PATHS = [...LIVE_PATHS, '/accounts/one', '/teams/one', '/nowhere'];
const WIDTHS = [360, 1280];

let browser: Browser;
let site: PageSite;

beforeAll(async () => {
  browser = await openBrowser();
  site = await PageSite.open();
});
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  site.stats = sampleStats();
  site.project = sampleProject();
  site.job = sampleJob();
  site.map = sampleMap();
  site.account = sampleAccount();
  site.team = sampleTeam();
});

type Look = Parameters<Browser['newPage']>[0];

/** Opens a page, hands it over, closes it; fails on whatever the browser complained about. */
async function onPage(path: string, look: Look, visit: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...look });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404') && !message.text().includes('ERR_')) complaints.push(message.text());
  });
  try {
    await page.goto(site.url + path);
    await visit(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

const isLive = (page: Page): Promise<void> => page.locator('.live-live').waitFor();

test.each(PATHS.flatMap((path) => WIDTHS.flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ path, width, scheme })))))(
  '[PG10] axe finds nothing on $path at $width px, $scheme',
  async ({ path, width, scheme }) => {
    await onPage(path, { viewport: { width, height: 800 }, colorScheme: scheme, bypassCSP: true }, async (page) => {
      if (LIVE_PATHS.includes(path)) await isLive(page);
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) one.setAttribute('open', '');
      });
      await page.addScriptTag({ path: AXE });
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    });
  },
);

test.each(PATHS)('[PG9] %s does not scroll sideways at 360 px, whatever its texts', async (path) => {
  const long = 'w'.repeat(200);
  site.project = sampleProject({ name: long, description: long, operator: long, software: long });
  site.job = sampleJob({ title: long, author: long, taskName: long });
  const figures = { validResults: 1e12, credit: 1e12, recentCredit: 1e12 };
  const line = { account: long, name: long, team: long, ...figures };
  site.stats = sampleStats({ jobs: [site.job], leaders: [line], teams: [{ team: long, accounts: 1e12, ...figures }] });
  site.account = sampleAccount({ ...line, hosts: 1e12 });
  site.team = sampleTeam({ team: long, ...figures, members: [line] });
  site.map = { unitsPerCell: 1e12, cells: [{ state: 'final', final: 1e12, total: 1e12, verifiedBy: [long] }] };
  await onPage(path, { viewport: { width: 360, height: 800 } }, async (page) => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

test('[PG2] without JavaScript the pages say the same, and offer no button that could do nothing', async () => {
  for (const path of ['/', '/jobs/one']) {
    await onPage(path, { javaScriptEnabled: false }, async (page) => {
      expect(await page.locator('h1').textContent()).toBe('3,412 of 10,000 units verified, about 2 minutes left.');
      expect(await page.locator('.cell').count()).toBe(60);
      expect(await page.locator('.leaders tbody tr').count()).toBe(3);
      expect(await page.locator('button').count()).toBe(0);
    });
  }
});

test('[PG3] a page works fully under the strictest policy', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    // Drawn as styled: the policy let the style sheet through.
    expect(await page.locator('.map').evaluate((map) => getComputedStyle(map).display)).toBe('grid');
  });
});

test('[PG15] a new set of figures changes the page without a reload, and the map follows', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    await page.evaluate('window.sameDocument = true');
    const job = sampleJob({ units: { ...sampleJob().units, final: 5_000, waiting: 2_512 } });
    site.map = sampleMap(90);
    site.push(sampleStats({ jobs: [job], hostsOnline: 99 }));
    await page.locator('h1', { hasText: '5,000 of 10,000' }).waitFor();
    await page.locator('.facts', { hasText: '99' }).waitFor();
    await expect.poll(() => page.locator('.cell').count(), { timeout: 10_000 }).toBe(90);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });
});

test('[PG15] the map shows the end, even when no event comes after the last', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    site.map = sampleMap(90);
    site.push(site.stats);
    await expect.poll(() => page.locator('.cell').count(), { timeout: 10_000 }).toBe(90);
    // Right after the map was asked for, everything ends.
    site.map = sampleMap(120);
    site.push(site.stats);
    await expect.poll(() => page.locator('.cell').count(), { timeout: 10_000 }).toBe(120);
  });
});

test('[PG15] the job page follows its own job', async () => {
  await onPage('/jobs/one', {}, async (page) => {
    await isLive(page);
    const done = sampleJob({ state: 'done', units: { ...sampleJob().units, final: 10_000, failed: 0 } });
    site.push(sampleStats({ jobs: [sampleJob({ id: sampleJob().id.replaceAll('a', 'z') as typeof done.id, title: 'another' }), done] }));
    await page.locator('h1', { hasText: 'All 10,000 units verified' }).waitFor();
  });
});

test('[PG7] pausing closes the stream, resuming opens it, and both work from the keyboard', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    await page.locator('#pause').focus();
    await page.keyboard.press('Enter');
    await page.locator('.live-paused').waitFor();
    await expect.poll(() => site.readers).toBe(0);
    await page.keyboard.press('Enter');
    await isLive(page);
    expect(site.readers).toBe(1);
  });
});

test('[PG7] a hidden page holds no stream', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    const setHidden = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await setHidden(true);
    await expect.poll(() => site.readers).toBe(0);
    await setHidden(false);
    await isLive(page);
  });
});

test('[PG8] a lost stream is sought again', async () => {
  await onPage('/', {}, async (page) => {
    await isLive(page);
    site.dropStreams();
    await page.locator('.live-connecting').waitFor();
    await isLive(page);
  });
});

test('[PG11] the map is walked with the keyboard, and a line says what the focused cell holds', async () => {
  await onPage('/jobs/one', {}, async (page) => {
    await isLive(page);
    const readout = page.locator('#map-readout');
    await page.locator('.cell[tabindex="0"]').focus();
    expect(await readout.textContent()).toBe('Units 0 to 24: verified by Grace and Anonymous bbbb');
    await page.keyboard.press('ArrowRight');
    expect(await readout.textContent()).toContain('Units 25 to 49');
    await page.keyboard.press('End');
    expect(await readout.textContent()).toBe('Units 1,475 to 1,499: waiting');
    await page.keyboard.press('ArrowUp');
    expect(await readout.textContent()).not.toContain('1,475');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await readout.textContent()).toContain('Units 0 to 24');
    site.push(site.stats);
    expect(await page.locator('.cell[tabindex]').count()).toBe(1);
    await page.locator('.cell').nth(30).hover();
    expect(await readout.textContent()).toContain('Units 750 to 774');
  });
});

test('[PG4] no hostile text is executed, before or after an update', async () => {
  const [first = ''] = HOSTILE_TEXTS;
  const hostile = HOSTILE_TEXTS.map((text) => sampleJob({ title: text, author: text, taskName: text }));
  site.stats = sampleStats({
    leaders: HOSTILE_TEXTS.map((text) => ({ account: text, name: text, team: text, validResults: 1, credit: 1, recentCredit: 1 })),
    teams: HOSTILE_TEXTS.map((text) => ({ team: text, accounts: 1, validResults: 1, credit: 1, recentCredit: 1 })),
    jobs: hostile,
  });
  site.project = sampleProject({
    name: first,
    description: first,
    operator: first,
    software: first,
  });
  site.map = { unitsPerCell: 1, cells: HOSTILE_TEXTS.map((text) => ({ state: 'final', final: 1, total: 1, verifiedBy: [text] })) };
  await onPage('/', {}, async (page) => {
    await isLive(page);
    site.push(sampleStats({ ...site.stats, jobs: [...hostile].reverse() }));
    await page.locator('.jobs li').last().hover();
    await page.locator('.cell').last().hover();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(new URL(page.url()).host).toBe(new URL(site.url).host);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('.jobs li').count()).toBe(HOSTILE_TEXTS.length);
  });
});

test.each(['reduce', 'no-preference'] as const)('[PG16] motion on a page whose reader asked for %s', async (reducedMotion) => {
  await onPage('/', { reducedMotion }, async (page) => {
    await isLive(page);
    site.dropStreams();
    await page.locator('.live-connecting').waitFor();
    const moving = await page.evaluate('document.getAnimations().length');
    expect(moving).toBe(reducedMotion === 'reduce' ? 0 : 1);
  });
});
