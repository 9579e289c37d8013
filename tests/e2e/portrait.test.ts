import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  choose,
  type FilePayload,
  launch,
  open,
  type Opened,
  serve,
  type Site,
} from './browser.js';
import { ANNA, BELLA, type Edit, edited, GROUP } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  opened = await open(browser, site);
  page = opened.page;
});
afterAll(async () => {
  expect(opened.complaints).toEqual([]);
  await browser.close();
  site.close();
});

/** Width of the frame round the face, as a share of the stage's. */
function faceShare(slot: string): Promise<number> {
  return page.locator(`#${slot} .stage`).evaluate((stage) => {
    const frame = stage.querySelector('.frame')!.getBoundingClientRect();
    return frame.width / stage.getBoundingClientRect().width;
  });
}

const viewSwitch = () => page.locator('#passport .view-switch');

test('the faces of a group and of a portrait are shown equally large', async () => {
  await choose(page, 'passport', GROUP);
  await choose(page, 'selfie', await edited(browser, ANNA));
  for (const slot of ['passport', 'selfie']) {
    expect(Math.abs((await faceShare(slot)) - 1 / 2.4), slot).toBeLessThan(0.02);
  }
});

test('the whole photo is one press away, and another photo is shown large again', async () => {
  const whole = () => page.locator('#passport .photo').boundingBox();
  const stage = (await page.locator('#passport .stage').boundingBox())!;
  expect((await whole())!.width).toBeGreaterThan(2 * stage.width);
  expect(await viewSwitch().getAttribute('aria-label')).toBe('Show the whole photo');
  await viewSwitch().focus();
  await page.keyboard.press('Enter');
  expect((await whole())!.width).toBeLessThanOrEqual(stage.width + 1);
  expect(await viewSwitch().getAttribute('aria-label')).toBe('Show the face large');
  // Another face of the same photo leaves the view as it is.
  await page.locator('#passport .pick').nth(2).click();
  await page.locator('#passport[data-state=ready]').waitFor();
  expect(await page.locator('#passport .photo').getAttribute('data-view')).toBe('whole');
  await viewSwitch().click();
  expect(Math.abs((await faceShare('passport')) - 1 / 2.4)).toBeLessThan(0.02);
  await viewSwitch().click();
  await choose(page, 'passport', GROUP);
  expect(await page.locator('#passport .photo').getAttribute('data-view')).toBe('portrait');
  await page.locator('#passport .remove').click();
  expect(await viewSwitch().isVisible()).toBe(false);
  expect(await page.locator('#passport .pick:visible').count()).toBe(0);
});

test('a portrait’s small repetition is no second face; somebody else’s is', async () => {
  await choose(page, 'passport', await twoOn(ANNA, ANNA));
  expect(await page.locator('#passport .pick:visible').count()).toBe(0);
  expect(await page.locator('#passport .hints').innerText()).not.toContain('faces found');
  await choose(page, 'passport', await twoOn(ANNA, BELLA));
  expect(await page.locator('#passport .pick:visible').count()).toBe(2);
  expect(await page.locator('#passport .hints').innerText()).toContain('2 faces found');
});

/** A page with one photo large, and another beside it at half the size. */
async function twoOn(large: Edit, small: Edit): Promise<FilePayload> {
  const [a, b] = await Promise.all([edited(browser, large), edited(browser, small)]);
  const url = await page.evaluate(
    async ([first, second]) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1100, 700];
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#dde';
      context.fillRect(0, 0, canvas.width, canvas.height);
      for (const [source, x, y, width] of [
        [first, 30, 30, 560],
        [second, 720, 200, 280],
      ] as const) {
        const image = new Image();
        image.src = `data:image/jpeg;base64,${source}`;
        await image.decode();
        context.drawImage(image, x, y, width, (width * image.height) / image.width);
      }
      return canvas.toDataURL('image/jpeg', 0.92);
    },
    [a.buffer.toString('base64'), b.buffer.toString('base64')] as const,
  );
  return {
    name: 'page.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from(url.split(',')[1] ?? '', 'base64'),
  };
}
