import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launch, serve, type Site } from './browser.js';
import { overflow, shoot, SIZES } from './looking.js';
import { ANNA, BELLA, edited, relit } from './photos.js';
import { card, CROSS, draw, LADDER, name, openTeach, query, RING, teach, thumbs } from './teach.js';

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
  test.each(SIZES)(
    '%s: nothing is cut off, empty or full',
    async (size, width, height) => {
      const { page, close } = await openTeach(browser, site, {
        colorScheme,
        viewport: { width, height },
      });
      expect(await overflow(page)).toEqual([]);
      await shoot(page, `teach-${size}-${colorScheme}-empty`);
      await name(page, 1, 'a cross with a rather long name');
      for (const [place, sign] of [
        [0, RING],
        [1, CROSS],
        [0, RING],
      ] as const)
        await teach(page, place, sign, 0.1);
      await page.locator('#add-class').click();
      await teach(page, 2, LADDER);
      await draw(card(page, 0).locator('.sheet'), RING);
      await draw(query(page), CROSS, 0.1);
      await page.locator('#bars').waitFor();
      expect(await overflow(page)).toEqual([]);
      await shoot(page, `teach-${size}-${colorScheme}-signs`);
      await page.locator('label:has(input[value=faces])').click();
      for (const [place, photo] of [ANNA, BELLA].entries()) {
        await card(page, place)
          .locator('input[type=file]')
          .setInputFiles(await edited(browser, photo));
        await thumbs(page, place).locator('canvas').waitFor();
      }
      await page.locator('#query-actions input').setInputFiles(await edited(browser, relit(ANNA)));
      await page.locator('#bars').waitFor();
      expect(await overflow(page)).toEqual([]);
      await shoot(page, `teach-${size}-${colorScheme}-people`);
      await close();
    },
    120_000,
  ); // Two subjects, each taught and asked, on a slow machine.
});

test('without motion nothing moves; the focus is seen on all that takes it', async () => {
  const { page, close } = await openTeach(browser, site, { reducedMotion: 'reduce' });
  await teach(page, 0, RING);
  await teach(page, 1, CROSS);
  await draw(query(page), RING);
  await page.locator('#bars').waitFor();
  const durations = await page
    .locator('.bar-fill, .thumb canvas, .switch-track')
    .evaluateAll((elements) =>
      elements.flatMap((element) => [
        getComputedStyle(element).transitionDuration,
        getComputedStyle(element).animationDuration,
      ]),
    );
  for (const duration of durations) expect(Number.parseFloat(duration)).toBeLessThan(0.001);
  await page.locator('.brand').click(); // Where Tab goes on from.
  const order: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return null;
      const marked = [element, element.nextElementSibling, element.closest('.segment')];
      const isSeen = marked.some((one) => one && getComputedStyle(one).outlineStyle !== 'none');
      return { name: element.getAttribute('aria-label') ?? element.id ?? element.tagName, isSeen };
    });
    if (!focus) break;
    expect(focus.isSeen, focus.name).toBe(true);
    order.push(focus.name);
  }
  const wanted = [
    'elsewhere',
    'Use dark colours',
    'Remove A',
    'Choose pictures, A',
    'Remove example 1 of A',
    'Remove B',
    'add-class',
    'Undo, to be recognised',
    'keep',
    'erase',
  ];
  expect(order.filter((one) => wanted.includes(one))).toEqual(wanted);
  await close();
});

test('every button has a name of its own', async () => {
  const { page, close } = await openTeach(browser, site);
  await teach(page, 0, RING);
  const names = await page
    .getByRole('button')
    .evaluateAll((buttons) =>
      buttons.map(
        (button) => button.getAttribute('aria-label') ?? button.textContent?.trim() ?? '',
      ),
    );
  expect(names.every(Boolean)).toBe(true);
  expect(new Set(names).size).toBe(names.length);
  await close();
});
