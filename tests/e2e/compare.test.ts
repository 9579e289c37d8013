import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import {
  choose,
  launch,
  open,
  type Opened,
  serve,
  settled,
  type Site,
  outcome,
} from './browser.js';
import { ANNA, BELLA, edited, GROUP, portraits, relit } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
});
afterAll(async () => {
  await browser.close();
  site.close();
});
afterEach(() => opened.close());

/** After what every test here does, the page has complained of nothing and asked for nothing. */
async function quiet(act: (opened: Opened) => Promise<void>): Promise<void> {
  opened = await open(browser, site);
  const loaded = opened.requests.length;
  await act(opened);
  expect(opened.complaints).toEqual([]);
  const later = opened.requests.slice(loaded).filter((url) => !url.startsWith('blob:'));
  expect(later).toEqual([]);
}

describe('two photos', () => {
  test('of one person match', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, relit(ANNA)));
      expect(await outcome(page)).toBe('match');
      expect(await page.locator('#headline').innerText()).toBe('The photos match');
      expect(await page.locator('#evidence').innerText()).toMatch(
        /1 in [\d,]+ pairs of different people in our test look this alike/,
      );
      expect(await page.locator('#announcer').innerText()).toContain('The photos match');
      expect(await page.locator('#likeness').getAttribute('aria-label')).toContain('zone Alike');
      expect(await focusedId(page)).toBe('headline');
    }));

  test('of two people do not', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, BELLA));
      expect(await outcome(page)).toBe('mismatch');
      expect(await page.locator('#headline').innerText()).toBe('The photos do not match');
      expect(await page.locator('#before-you-decide').innerText()).toContain('no proof');
      expect(await page.locator('#likeness').getAttribute('aria-label')).toContain(
        'zone Different',
      );
    }));

  test.skipIf(!portraits('005'))(
    'portraits: one person neutral and smiling match, two people do not',
    () =>
      quiet(async ({ page }) => {
        await choose(page, 'passport', portraits('005')!.neutral);
        await choose(page, 'selfie', portraits('005')!.smiling);
        expect(await outcome(page)).toBe('match');
        await choose(page, 'selfie', portraits('006')!.smiling);
        expect(await outcome(page)).toBe('mismatch');
      }),
  );
});

describe('what is shown', () => {
  test('box, keypoints, both crops, the scale in words, times, and no request counted', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, relit(ANNA)));
      await outcome(page);
      expect(await page.locator('#passport .keypoint').count()).toBe(6);
      expect(await page.locator('#passport .frame').count()).toBe(1);
      for (const id of ['crop-passport', 'crop-selfie']) {
        const colours = await page.locator(`#${id}`).evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data).size;
        });
        expect(colours).toBeGreaterThan(50);
      }
      expect(await page.locator('#scale').getAttribute('aria-label')).toMatch(
        /^Distance \d\.\d\d\. A match is below \d/,
      );
      await page.locator('.details > summary').click();
      expect(await page.locator('#timing').innerText()).toMatch(
        /\d+ ms \(passport photo\) and \d+ ms \(selfie\)/,
      );
      await page.locator('.privacy > summary').click();
      expect(await page.locator('#requests').innerText()).toMatch(/^0 requests/);
    }));

  test('a group: every face can be picked, and the choice decides the outcome', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', GROUP);
      await choose(page, 'selfie', GROUP);
      expect(await page.locator('#selfie .hints').innerText()).toMatch(/^5 faces found/);
      expect(await page.locator('#selfie .pick').count()).toBe(5);
      expect(await page.locator('#selfie .pick[aria-pressed=true]').count()).toBe(1);
      // One face of one picture.
      expect(await outcome(page)).toBe('review');
      await page.locator('#selfie .pick').nth(3).click();
      await settled(page, 'selfie');
      expect(await outcome(page)).toBe('mismatch');
      expect(await page.locator('#selfie .pick').nth(3).getAttribute('aria-pressed')).toBe('true');
      await page.locator('#passport .pick').nth(3).click();
      await settled(page, 'passport');
      expect(await outcome(page)).toBe('review');
    }));

  test('the policy moves the bounds: the more careful, the nearer a match', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, relit(ANNA)));
      await outcome(page);
      await page.locator('.details > summary').click();
      const bounds: number[] = [];
      for (const name of ['Fewer false matches', 'Balanced', 'Fewer retries']) {
        await page.getByRole('radio', { name, exact: true }).check({ force: true });
        const words = page.locator('#policy-note');
        await expect.poll(async () => boundIn(await words.innerText())).not.toBe(bounds.at(-1));
        bounds.push(boundIn(await words.innerText()));
        await expect
          .poll(() => page.locator('#scale').getAttribute('aria-label'))
          .toContain(`A match is below ${bounds.at(-1)!.toFixed(2)}`);
      }
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    }));

  test('one picture twice shows nothing, and says so', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, ANNA));
      expect(await outcome(page)).toBe('review');
      expect(await page.locator('#headline').innerText()).toBe('This is the same picture twice');
      expect(await page.locator('#evidence').isVisible()).toBe(false);
    }));

  test('a blurred selfie is no mismatch: what is poor is said, and the next step', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, { ...BELLA, filter: 'blur(6px)' }));
      expect(await outcome(page)).toBe('review');
      expect(await page.locator('#cause').innerText()).toMatch(
        /selfie.*: that is the likely cause/,
      );
      await page.locator('#start-over').click();
      expect(await page.locator('#passport').getAttribute('data-state')).toBe('empty');
      expect(await focusedId(page)).toBe('passport-choose');
    }));
});

/** "A match is below 0.97: .." */
function boundIn(note: string): number {
  return Number(/A match is below (\d\.\d+)/.exec(note)?.[1]);
}

function focusedId(page: Opened['page']): Promise<string> {
  return page.evaluate(() => document.activeElement?.id ?? '');
}

describe('changing one’s mind', () => {
  test('a later photo replaces an earlier one that is still being read', () =>
    quiet(async ({ page }) => {
      const [anna, bella] = [await edited(browser, relit(ANNA)), await edited(browser, BELLA)];
      await choose(page, 'passport', await edited(browser, ANNA));
      const input = page.locator('#selfie input');
      for (const file of [bella, anna, bella, anna]) await input.setInputFiles(file);
      await settled(page, 'selfie');
      expect(await outcome(page)).toBe('match');
      await input.setInputFiles(anna);
      await input.setInputFiles(bella);
      await settled(page, 'selfie');
      expect(await outcome(page)).toBe('mismatch');
    }));

  test('swapping keeps both templates and the verdict; removing forgets', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, ANNA));
      await choose(page, 'selfie', await edited(browser, BELLA));
      await outcome(page);
      const before = await page.locator('.scale-marker').innerText();
      const [left, right] = [await imageOf(page, 'passport'), await imageOf(page, 'selfie')];
      await page.locator('#swap').click();
      expect([await imageOf(page, 'passport'), await imageOf(page, 'selfie')]).toEqual([
        right,
        left,
      ]);
      expect(await outcome(page)).toBe('mismatch');
      expect(await page.locator('.scale-marker').innerText()).toBe(before);
      await page.locator('#selfie .remove').click();
      expect(await page.locator('body').getAttribute('data-outcome')).toBe('none');
      expect(await page.locator('#result').isVisible()).toBe(false);
      expect(await page.locator('#selfie').getAttribute('data-state')).toBe('empty');
    }));

  test('swapping while a photo is being read: the answer follows the photo', () =>
    quiet(async ({ page }) => {
      await choose(page, 'passport', await edited(browser, BELLA));
      await page.locator('#selfie input').setInputFiles(GROUP);
      await page.locator('#swap').click();
      await settled(page, 'passport');
      expect(await page.locator('#passport .pick').count()).toBe(5);
      expect(await page.locator('#selfie .pick').count()).toBe(0);
      expect(await outcome(page)).toBe('mismatch');
    }));
});

async function imageOf(page: Opened['page'], slot: string): Promise<string | null> {
  return page.locator(`#${slot} img`).getAttribute('src');
}
