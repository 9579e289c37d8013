import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  type FilePayload,
  launch,
  open,
  type Opened,
  serve,
  type Site,
  outcome,
} from './browser.js';
import { ANNA, edited, relit } from './photos.js';

/** Times are printed, never asserted: they say as much about the machine as about the page. */
let browser: Browser;
let site: Site;
let anna: FilePayload;
let again: FilePayload;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  // 2 megapixels each.
  anna = await edited(browser, { ...ANNA, width: 1323 });
  again = await edited(browser, { ...relit(ANNA), width: 1323 });
});
afterAll(async () => {
  await browser.close();
  site.close();
});

test('first verdict from a cold cache', async () => {
  const start = performance.now();
  const { page, close } = await open(browser, site, { ready: false });
  await Promise.all([
    page.locator('#passport input').setInputFiles(anna),
    page.locator('#selfie input').setInputFiles(again),
  ]);
  expect(await outcome(page)).toBe('match');
  console.log(
    `first verdict, cold, over loopback: ${Math.round(performance.now() - start)} ms after asking for the page`,
  );
  await close();
});

test('comparison of two 2-megapixel photos, both read afresh', async () => {
  const { page, close } = await open(browser, site);
  const times: number[] = [];
  for (let i = 0; i < 6; i++) times.push(await compareOnce(page));
  times.sort((a, b) => a - b);
  console.log(
    `two photos of 2 MP to a verdict, both read: median ${Math.round(times[3]!)} ms, fastest ${Math.round(times[0]!)} ms`,
  );
  await close();
});

/** Measured inside the page, from the files given to the verdict shown. */
async function compareOnce(page: Opened['page']): Promise<number> {
  const files = [[...anna.buffer], [...again.buffer]];
  return page.evaluate(async (contents) => {
    const slots = ['passport', 'selfie'];
    for (const slot of slots)
      document.querySelector<HTMLButtonElement>(`#${slot} .remove`)?.click();
    const lists = contents.map((bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'photo.jpg', { type: 'image/jpeg' }));
      return data.files;
    });
    const start = performance.now();
    const told = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.body.dataset['outcome'] === 'none') return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document.body, { attributes: true });
    });
    slots.forEach((slot, i) => {
      const input = document.querySelector<HTMLInputElement>(`#${slot} input`)!;
      input.files = lists[i]!;
      input.dispatchEvent(new Event('change'));
    });
    await told;
    return performance.now() - start;
  }, files);
}
