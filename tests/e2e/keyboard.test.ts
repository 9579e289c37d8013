import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  type FilePayload,
  launch,
  open,
  type Opened,
  serve,
  settled,
  type Site,
  outcome,
} from './browser.js';
import { ANNA, edited, GROUP } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  opened = await open(browser, site);
  opened.page.on('filechooser', (chooser) => {
    void chooser.setFiles(answer ?? []);
    answer = null;
  });
});
afterAll(async () => {
  await browser.close();
  site.close();
});

/** What has the focus, which must be seen to have it. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    if (element === document.body) return 'the end of the page';
    const shown = element.closest('.segment') ?? element;
    if (getComputedStyle(shown).outlineStyle === 'none')
      throw new Error(`focus on ${element.id} is not seen`);
    return (
      element.id ||
      element.getAttribute('aria-label') ||
      element.getAttribute('name') ||
      element.tagName
    );
  });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

/** Answers every file dialog from the start: asking for one only when it comes would be a race. */
let answer: string | FilePayload | null = null;

async function chooseByKeyboard(
  page: Page,
  button: string,
  file: string | FilePayload,
): Promise<void> {
  answer = file;
  await tabTo(page, button);
  await page.keyboard.press('Enter');
  await expect.poll(() => answer).toBe(null);
}

test('the order of focus is the order of reading', async () => {
  const { page } = opened;
  const order: string[] = [];
  for (let i = 0; i < 7; i++) {
    await page.keyboard.press('Tab');
    order.push(await focused(page));
  }
  expect(order).toEqual([
    'elsewhere',
    'theme',
    'passport-choose',
    'passport-camera',
    'selfie-choose',
    'selfie-camera',
    'SUMMARY',
  ]);
});

test('two photos, another face, another policy, all without a mouse', async () => {
  const { page, complaints } = opened;
  const anna = await edited(browser, ANNA);
  await page.bringToFront();
  await page.reload();
  await page.locator('#loading').waitFor({ state: 'hidden' });
  await chooseByKeyboard(page, 'passport-choose', anna);
  await settled(page, 'passport');
  await chooseByKeyboard(page, 'selfie-choose', GROUP);
  await settled(page, 'selfie');
  await outcome(page);

  // The faces are buttons on the photo, before the slot's own buttons.
  const other = page.locator('#selfie .pick[aria-pressed=false]').first();
  const name = (await other.getAttribute('aria-label')) ?? '';
  expect(name).toMatch(/^Compare face \d of 5, (on the left|in the middle|on the right)$/);
  await page.locator('#swap').focus();
  await tabTo(page, name);
  await page.keyboard.press('Space');
  await settled(page, 'selfie');
  expect(await focused(page)).toBe(name);
  expect(await page.getByRole('button', { name }).getAttribute('aria-pressed')).toBe('true');
  await outcome(page);

  await page.locator('.details > summary').focus();
  await page.keyboard.press('Enter');
  await tabTo(page, 'policy');
  const before = await page.locator('#policy-note').innerText();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('#policy-note').innerText()).not.toBe(before);

  await tabTo(page, 'theme');
  await page.keyboard.press('Enter');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(complaints).toEqual([]);
});

test('every control has a name of its own', async () => {
  const names = await opened.page.getByRole('button').evaluateAll((buttons) =>
    buttons.map((button) => {
      const ids = button.getAttribute('aria-labelledby')?.split(' ') ?? [];
      const parts = ids.map((id) => {
        const part = document.getElementById(id);
        return part?.getAttribute('aria-label') ?? part?.textContent;
      });
      return ids.length > 0
        ? parts.join(' ')
        : (button.getAttribute('aria-label') ?? button.textContent);
    }),
  );
  expect(names).toContain('Camera Selfie');
  expect(names.every((name) => name.trim())).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});
