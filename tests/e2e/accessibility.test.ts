import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { choose, type FilePayload, launch, open, outcome, serve, type Site } from './browser.js';
import { ANNA, BELLA, edited, GROUP, relit } from './photos.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let site: Site;
let anna: FilePayload;
let again: FilePayload;
let bella: FilePayload;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  anna = await edited(browser, ANNA);
  again = await edited(browser, relit(ANNA));
  bella = await edited(browser, BELLA);
});
afterAll(async () => {
  await browser.close();
  site.close();
});

/** What axe-core finds: rule, and the first element that breaks it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => {
    const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

// Contrast is a matter of colours alone, so each theme is looked at in every state.
describe.each(['light', 'dark'] as const)('axe-core finds nothing, %s', (colorScheme) => {
  test('from the empty page to the outcomes and what they open', async () => {
    const { page, close } = await open(browser, site, {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width: 390, height: 844 },
    });
    const states: Record<string, string[]> = {};
    const look = async (name: string) => (states[name] = await violations(page));
    await look('empty');
    await choose(page, 'passport', anna);
    await look('one photo');
    await choose(page, 'selfie', again);
    expect(await outcome(page)).toBe('match');
    await look('match');
    await page.locator('.details > summary').click();
    await look('details');
    await page.locator('#save-report').click();
    await look('report');
    await page.keyboard.press('Escape');
    await choose(page, 'selfie', bella);
    expect(await outcome(page)).toBe('mismatch');
    await look('mismatch');
    await page.locator('#by-eye').click();
    await look('by eye');
    await page.keyboard.press('Escape');
    await choose(page, 'selfie', GROUP);
    await outcome(page);
    await look('several faces');
    await page.locator('#selfie .camera').click();
    await look('camera');
    for (const [name, found] of Object.entries(states)) expect(found, name).toEqual([]);
    await close();
  });

  test('on the page that learns', async () => {
    const { page, close } = await open(browser, site, { colorScheme, path: 'teach.html' });
    expect(await violations(page)).toEqual([]);
    // And does find what is there.
    await page.evaluate(() => document.documentElement.removeAttribute('lang'));
    expect(await violations(page)).toEqual([expect.stringContaining('html-has-lang')]);
    await close();
  });
});
