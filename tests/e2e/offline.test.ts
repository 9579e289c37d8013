import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import {
  choose,
  dist,
  type FilePayload,
  launch,
  open,
  type Opened,
  outcome,
  serve,
  settled,
  type Site,
} from './browser.js';
import { shoot } from './looking.js';
import { ANNA, edited, relit } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
let page: Page;
let anna: FilePayload;
let selfie: FilePayload;
// One page for all but the last test, once it has its copy; under a path of some host.
beforeAll(async () => {
  browser = await launch();
  anna = await edited(browser, ANNA);
  selfie = await edited(browser, relit(ANNA));
  await visit(dist);
});
afterAll(() => browser.close());
afterEach(() => expect(opened.complaints).toEqual([]));

async function visit(folder: string): Promise<void> {
  site = await serve('/some/where/', folder);
  opened = await open(browser, site, { keepsOffline: true });
  page = opened.page;
  await isKept();
}

const isKept = () => page.locator('#offline', { hasText: 'Works offline' }).waitFor();

async function compareTwo(): Promise<string> {
  await choose(page, 'passport', anna);
  await choose(page, 'selfie', selfie);
  return outcome(page);
}

test('keeps what it computes with; asks for each file once, and then for nothing', async () => {
  const files = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]!);
    return (await cache.keys()).map((request) => new URL(request.url).pathname);
  });
  const wasm = files.filter((file) => file.endsWith('.wasm'));
  expect(wasm).toHaveLength(1);
  expect(wasm[0]).toContain('visavis-relaxed-');
  expect(files).toContain('/some/where/');
  expect(files).toContain('/some/where/teach.html');
  expect(files.filter((file) => file.endsWith('.visavis'))).toHaveLength(6);
  // The copy takes from the browser's own cache what the page has loaded.
  const twice = site.asked.filter(
    (url, i) => url.includes('/assets/') && site.asked.indexOf(url) < i,
  );
  expect(twice).toEqual([]);
  const asked = site.asked.length;
  expect(await compareTwo()).toBe('match');
  expect(site.asked.slice(asked)).toEqual([]);
  await shoot(page, 'works-offline');
});

test('can be installed, as Chromium sees it', async () => {
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { icons } = JSON.parse(data ?? '{}') as { icons: { src: string; sizes: string }[] };
  expect(icons).toHaveLength(3);
  for (const { src, sizes } of [...icons, { src: 'apple-touch-icon.png', sizes: '180x180' }]) {
    const png = Buffer.from(await (await fetch(site.address + src)).arrayBuffer());
    // PNG, IHDR: width and height.
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A private window, which every test has, is told as the only obstacle.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
});

test('photos shared by another app come into the places, and are kept nowhere', async () => {
  await page.reload(); // From now on the service worker answers.
  const form = [anna, selfie].map(({ buffer }, i) => [buffer.toString('base64'), `${i} ü.jpg`]);
  await page.evaluate(async (photos) => {
    const data = new FormData();
    for (const [base64, name] of photos) {
      const bytes = Uint8Array.from(atob(base64!), (letter) => letter.charCodeAt(0));
      data.append('photos', new File([bytes], name!, { type: 'image/jpeg' }));
    }
    await fetch('share-target', { method: 'POST', body: data });
  }, form);
  await page.goto(`${site.address}?shared`);
  await settled(page, 'passport');
  await settled(page, 'selfie');
  expect(await page.locator('#selfie img').getAttribute('alt')).toBe('Selfie: 1 ü.jpg');
  expect(await outcome(page)).toBe('match');
  expect(page.url()).toBe(site.address);
  expect(await page.evaluate(() => caches.has('visavis-shared'))).toBe(false);
});

test('opens and compares without a connection', async () => {
  await opened.page.context().setOffline(true);
  site.close();
  await page.reload();
  await page.locator('#loading').waitFor({ state: 'hidden' });
  await isKept();
  expect(await compareTwo()).toBe('match');
  await page.locator('#elsewhere').click();
  await page.locator('#loading').waitFor({ state: 'hidden' });
  expect(page.url()).toContain('teach.html');
});

test('another build waits until the user takes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-build-'));
  cpSync(dist, folder, { recursive: true });
  for (const ending of ['.br', '.gz'])
    for (const name of ['index.html', 'sw.js']) rmSync(join(folder, name + ending));
  await visit(folder);
  const change = (name: string, from: RegExp, to: string) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
  };
  change('index.html', /<title>[^<]*/, '<title>the next build');
  change('sw.js', /VERSION="\w+"/, 'VERSION="next"');

  // The page that opens is the one that is kept; the next is got meanwhile.
  await page.reload();
  const reload = page.locator('#update');
  await reload.waitFor();
  expect(await page.title()).toBe('visavis: is this the same person?');
  await shoot(page, 'update-ready');
  await reload.click();
  await expect.poll(() => page.title().catch(() => ''), { timeout: 10_000 }).toBe('the next build');
  await isKept();
  expect(await page.evaluate(() => caches.keys())).toEqual(['visavis-page-next']);
  expect(await reload.count()).toBe(0);
  site.close();
  rmSync(folder, { recursive: true });
});
