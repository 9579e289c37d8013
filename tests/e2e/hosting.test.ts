import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { choose, launch, open, serve, type Site, outcome } from './browser.js';
import { ANNA, edited, relit } from './photos.js';

let browser: Browser;
let site: Site;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
});
afterAll(async () => {
  await browser.close();
  site.close();
});

describe('hosting', () => {
  test('under a path of some host, it does all it does elsewhere', async () => {
    const deep = await serve('/some/where/deep/');
    const { page, complaints, requests, close } = await open(browser, deep);
    await choose(page, 'passport', await edited(browser, ANNA));
    await choose(page, 'selfie', await edited(browser, relit(ANNA)));
    expect(await outcome(page)).toBe('match');
    expect(complaints).toEqual([]);
    expect(
      requests.filter((url) => !url.startsWith('blob:') && !url.startsWith(deep.address)),
    ).toEqual([]);
    await close();
    deep.close();
  });

  test('without scripts the page says what it needs', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of ['', 'teach.html']) {
      await page.goto(site.address + path);
      expect(await page.locator('noscript').innerText()).toContain('JavaScript');
    }
    await context.close();
  });

  test('the policy in the page is the one in the header, frames apart, and allows nothing unsafe', async () => {
    const response = await fetch(site.address);
    const header = directives(response.headers.get('content-security-policy') ?? '');
    const inPage = directives(
      /Content-Security-Policy"\s+content="([^"]+)"/.exec(await response.text())?.[1] ?? '',
    );
    expect([...inPage, "frame-ancestors 'none'"].sort()).toEqual(header.sort());
    expect(header).toContain("default-src 'none'");
    expect(header.join(' ')).not.toMatch(
      /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/,
    );
  });

  test('hashed files may be kept for ever, the page itself is asked for anew; no file beyond the folder', async () => {
    const html = await fetch(site.address);
    expect(html.headers.get('cache-control')).toBe('no-cache');
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(await html.text())?.[1];
    const asset = await fetch(site.address + script);
    expect(asset.headers.get('cache-control')).toMatch(/immutable/);
    for (const path of ['..%2Fpackage.json', '%2e%2e/package.json', 'assets/', 'nothing', '%']) {
      expect((await fetch(site.address + path)).status).toBe(404);
    }
  });

  test('a photo chosen before the models have arrived is read once they have', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { page, close } = await open(browser, site, {
      ready: false,
      prepare: (page) =>
        page.route('**/*.visavis', async (route) => {
          await held;
          await route.continue();
        }),
    });
    await page.locator('#passport input').setInputFiles(await edited(browser, ANNA));
    await page.locator('#selfie input').setInputFiles(await edited(browser, relit(ANNA)));
    expect(await page.locator('#loading-text').innerText()).toMatch(/[\d.]+ of [\d.]+ MB/);
    expect(await page.locator('#passport').getAttribute('data-state')).toBe('working');
    release();
    expect(await outcome(page)).toBe('match');
    await close();
  });
});

describe('when loading fails', () => {
  test('a download that fails can be tried again, and a waiting photo goes on', async () => {
    const { page, close } = await open(browser, site, {
      ready: false,
      prepare: (page) => page.route('**/embedder*', (route) => route.abort()),
    });
    const retry = page.locator('#loading-retry');
    await retry.waitFor();
    expect(await page.locator('#loading-text').innerText()).toMatch(/A download failed/);
    await page.locator('#passport input').setInputFiles(await edited(browser, ANNA));
    await page.unroute('**/embedder*');
    await retry.click();
    await page.locator('#passport[data-state=ready]').waitFor();
    expect(await page.locator('#loading').isVisible()).toBe(false);
    await close();
  });

  test('a missing or damaged model is told', async () => {
    for (const [answer, message] of [
      [{ status: 404, body: 'no' }, /A download failed/],
      [{ status: 200, body: 'x'.repeat(5000) }, /A model arrived damaged/],
    ] as const) {
      const { page, close } = await open(browser, site, {
        ready: false,
        prepare: (page) => page.route('**/embedder*', (route) => route.fulfill(answer)),
      });
      await page.locator('#loading-retry').waitFor();
      expect(await page.locator('#loading-text').innerText()).toMatch(message);
      await close();
    }
  });

  test.each(['WebAssembly', 'SIMD'])(
    'a browser without %s is told which version it takes',
    async (missing) => {
      const { page, close } = await open(browser, site, {
        ready: false,
        prepare: (page) =>
          page.addInitScript((what) => {
            if (what === 'SIMD') WebAssembly.validate = () => false;
            else Reflect.deleteProperty(globalThis, 'WebAssembly');
          }, missing),
      });
      const text = page.locator('#loading-text');
      await expect
        .poll(() => text.innerText())
        .toMatch(/too old.*Chrome or Edge \d+, Firefox \d+, Safari [\d.]+/s);
      await close();
    },
  );
});

function directives(policy: string): string[] {
  return policy
    .split(';')
    .map((directive) => directive.trim())
    .filter(Boolean);
}
