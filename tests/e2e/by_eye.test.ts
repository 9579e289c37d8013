import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { choose, launch, open, type Opened, outcome, serve, type Site } from './browser.js';
import { overflow, shoot, smallTargets } from './looking.js';
import { ANNA, BELLA, edited, relit } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  opened = await open(browser, site, { viewport: { width: 390, height: 844 } });
  page = opened.page;
  await choose(page, 'passport', await edited(browser, ANNA));
  await choose(page, 'selfie', await edited(browser, BELLA));
  expect(await outcome(page)).toBe('mismatch');
});
afterAll(async () => {
  await browser.close();
  site.close();
});
afterEach(async () => {
  await page.keyboard.press('Escape');
  expect(opened.complaints).toEqual([]);
});

const stage = () => page.locator('.eye-stage');
const focusedValue = () =>
  page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.value);
const turn = () => stage().getAttribute('data-turn');

/** How often another portrait came into sight in this time. */
function turnsWithin(milliseconds: number): Promise<number> {
  return stage().evaluate(async (element, duration) => {
    let turns = 0;
    const observer = new MutationObserver(() => turns++);
    observer.observe(element, { attributeFilter: ['data-turn'] });
    await new Promise((resolve) => setTimeout(resolve, duration));
    observer.disconnect();
    return turns;
  }, milliseconds);
}

test('by keyboard alone: side by side, the line, by turns, the list, and back', async () => {
  await page.locator('#by-eye').focus();
  await page.keyboard.press('Enter');
  expect(await focusedValue()).toBe('side');
  expect(await page.getByRole('dialog').getAttribute('aria-labelledby')).toBe('eye-title');

  await page.keyboard.press('ArrowRight');
  expect(await stage().getAttribute('data-view')).toBe('slider');
  await page.keyboard.press('Tab');
  const divider = () => stage().evaluate((element) => element.style.getPropertyValue('--divider'));
  expect(await divider()).toBe('50%');
  await page.keyboard.press('ArrowRight');
  expect(await divider()).toBe('51%');
  expect(await page.locator('.eye-divider').getAttribute('aria-valuetext')).toBe(
    '51% passport photo',
  );

  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  expect(await stage().getAttribute('data-view')).toBe('blink');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Stop');

  // A group that has no choice yet is entered at its first.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  expect(await page.locator('input[name=eye-ears]:checked').inputValue()).toBe('alike');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('input[name=eye-brows]:checked').inputValue()).toBe('differs');

  await page.keyboard.press('Escape');
  expect(await page.locator('#eye').isVisible()).toBe(false);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('by-eye');
  // What was found goes into the report.
  await expect
    .poll(() => page.locator('#printed-report .report').textContent())
    .toContain('Ears: Alike · Brows: Different');
});

test('portraits take turns once a second, and stop when told to and when closed', async () => {
  await page.locator('#by-eye').click();
  await page.getByRole('radio', { name: 'Blink' }).check({ force: true });
  const turns = await turnsWithin(2200);
  expect(turns).toBeGreaterThanOrEqual(3);
  expect(turns).toBeLessThanOrEqual(5);
  const seen = await page
    .locator('.eye-stage figure')
    .evaluateAll(
      (figures) =>
        figures.filter((figure) => figure.checkVisibility({ visibilityProperty: true })).length,
    );
  expect(seen).toBe(1);
  await page.locator('#eye-turn').click();
  expect(await turnsWithin(1200)).toBe(0);
  await page.locator('#eye-turn').click();
  expect(await turnsWithin(1200)).toBeGreaterThan(0);
  await page.locator('#eye-close').click();
  expect(await turnsWithin(1200)).toBe(0);
});

test('without motion nothing blinks by itself: a button shows the other', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.locator('#by-eye').click();
  await page.getByRole('radio', { name: 'Blink' }).check({ force: true });
  expect(await turnsWithin(1200)).toBe(0);
  expect(await turn()).toBe('reference');
  await page.getByRole('button', { name: 'Show the other' }).click();
  expect(await turn()).toBe('probe');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
});

test.each([
  ['light', 390],
  ['dark', 1280],
] as const)(
  'in %s colours at %i px all is in sight and large enough to press',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 844 });
    await page.locator('#by-eye').click();
    for (const [view, name] of [
      ['side', 'Side by side'],
      ['slider', 'Slider'],
      ['blink', 'Blink'],
    ] as const) {
      await page.getByRole('radio', { name, exact: true }).check({ force: true });
      expect(await overflow(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      await shoot(page, `by-eye-${view}-${width}-${colorScheme}`);
    }
    await page.getByRole('radio', { name: 'Slider', exact: true }).check({ force: true });
    const { height } = (await page.locator('.eye-divider').boundingBox())!;
    expect(height).toBeGreaterThanOrEqual(43.5);
  },
);

test('the eyes of both portraits lie at one place, however a head is held', async () => {
  await choose(page, 'selfie', await edited(browser, relit(ANNA)));
  expect(await outcome(page)).toBe('match');
  // After a match the page does not offer it; what it draws is the same.
  await page.locator('#by-eye').evaluate((button: HTMLElement) => button.click());
  // 5 degrees, and of other colours: drawn alike they are one picture, but for its light.
  await expect
    .poll(() => page.evaluate(likenessOfPortraits), { timeout: 10_000 })
    .toBeGreaterThan(0.97);
});

/** Correlation of the two portraits' luma where the face is. Runs in the page. */
function likenessOfPortraits(): number {
  const [a, b] = [...document.querySelectorAll<HTMLCanvasElement>('.eye-stage canvas')].map(
    (canvas) => {
      const { width, height } = canvas;
      const box = [0.25 * width, 0.25 * height, 0.5 * width, 0.5 * height] as const;
      const copy = new OffscreenCanvas(width, height).getContext('2d', {
        willReadFrequently: true, // Chromium complains of the page's own being read time and again.
      })!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(...box);
      const luma = Array.from(
        { length: data.length / 4 },
        (_, i) => 0.3 * data[4 * i]! + 0.6 * data[4 * i + 1]! + 0.1 * data[4 * i + 2]!,
      );
      const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
      return luma.map((value) => value - mean);
    },
  ) as [number[], number[]];
  const product = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
