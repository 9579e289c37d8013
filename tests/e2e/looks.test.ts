import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { choose, launch, open, serve, type Site, outcome } from './browser.js';
import { overflow, shoot, SIZES, smallTargets } from './looking.js';
import { ANNA, edited, GROUP } from './photos.js';

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

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each(SIZES)('%s: nothing is cut off, empty or full', async (name, width, height) => {
    const { page, close } = await open(browser, site, { colorScheme, viewport: { width, height } });
    expect(await overflow(page)).toEqual([]);
    await shoot(page, `${name}-${colorScheme}-empty`);
    await choose(page, 'passport', await edited(browser, ANNA));
    await choose(page, 'selfie', GROUP);
    await outcome(page);
    expect(await overflow(page)).toEqual([]);
    await page.locator('.details > summary').click();
    expect(await smallTargets(page)).toEqual([]);
    await shoot(page, `${name}-${colorScheme}-outcome`);
    await close();
  });

  test('text stands out from its ground by WCAG’s 4.5 to 1, lines of focus by 3 to 1', async () => {
    const { page, close } = await open(browser, site, { colorScheme });
    const colours = await page.evaluate(() => {
      const canvas = document
        .createElement('canvas')
        .getContext('2d', { willReadFrequently: true })!;
      const names = [
        'page',
        'surface',
        'stage',
        'raised',
        'ink',
        'ink-soft',
        'accent',
        'on-accent',
        'alert',
        'match',
        'review',
        'mismatch',
        'edge',
      ];
      return Object.fromEntries(
        names.map((name) => {
          canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(
            `--${name}`,
          );
          canvas.fillRect(0, 0, 1, 1);
          return [name, [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)]];
        }),
      );
    });
    const pairs = [
      ['ink', 'page'],
      ['ink', 'surface'],
      ['ink', 'raised'],
      ['ink-soft', 'page'],
      ['ink-soft', 'surface'],
      ['ink-soft', 'stage'],
      ['accent', 'page'],
      ['on-accent', 'accent'],
      ['alert', 'page'],
    ] as const;
    for (const [text, ground] of pairs) {
      expect(
        contrast(colours[text]!, colours[ground]!),
        `${text} on ${ground}`,
      ).toBeGreaterThanOrEqual(4.5);
    }
    for (const outcome of ['match', 'review', 'mismatch'] as const) {
      expect(contrast(colours[outcome]!, colours['page']!), outcome).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(colours['edge']!, colours['page']!), 'edge').toBeGreaterThanOrEqual(3);
    await close();
  });
});

test('the choice of colours outlives the page; without motion nothing moves', async () => {
  const { page, close } = await open(browser, site, {
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const theme = () => page.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('light');
  await page.locator('#theme').click();
  await page.reload();
  expect(await theme()).toBe('dark');
  const duration = await page
    .locator('.stage')
    .first()
    .evaluate((stage) => getComputedStyle(stage).transitionDuration);
  expect(Number.parseFloat(duration)).toBeLessThan(0.001);
  await close();
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: number[], b: number[]): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: number[]): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
