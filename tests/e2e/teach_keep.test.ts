import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { launch, type Opened, serve, type Site } from './browser.js';
import type { KeptLesson } from '../../web/src/teach/kept_lesson.js';
import { bars, CROSS, draw, name, openTeach, query, RING, teach, thumbs } from './teach.js';

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

/** What lies in IndexedDB: undefined where there is no database, else the records. */
function stored(page: Page): Promise<Record<string, unknown>[] | undefined> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name);
    if (!names.includes('visavis-teach')) return undefined;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('visavis-teach');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const records = await new Promise<Record<string, unknown>[]>((resolve) => {
      const request = database.transaction('lessons').objectStore('lessons').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return records;
  });
}

async function taughtPage(): Promise<Page> {
  opened = await openTeach(browser, site);
  const { page } = opened;
  await name(page, 0, 'ring');
  await name(page, 1, 'cross');
  await teach(page, 0, RING);
  await teach(page, 1, CROSS);
  return page;
}

const keep = (page: Page) => page.locator('label.switch').click();
const kept = (page: Page) =>
  expect.poll(() => page.locator('#keep-status').innerText()).toBe('Kept');

async function reloaded(page: Page): Promise<void> {
  await page.reload();
  await page.locator('#loading').waitFor({ state: 'hidden' });
}

test('nothing is kept unasked: after a reload it is gone, and there was never a database', async () => {
  const page = await taughtPage();
  expect(await stored(page)).toBeUndefined();
  await reloaded(page);
  expect(await thumbs(page, 0).count()).toBe(0);
  expect(await stored(page)).toBeUndefined();
});

test('kept, it is there after a reload and still tells; erased in one click, the store is empty and so is the page', async () => {
  const page = await taughtPage();
  await keep(page);
  await kept(page);
  await reloaded(page);
  expect(
    await page
      .locator('.card-name')
      .evaluateAll((fields: HTMLInputElement[]) => fields.map(({ value }) => value)),
  ).toEqual(['ring', 'cross']);
  expect([await thumbs(page, 0).count(), await thumbs(page, 1).count()]).toEqual([1, 1]);
  expect(await page.locator('#keep').isChecked()).toBe(true);
  await draw(query(page), CROSS, 0.08);
  await expect.poll(async () => (await bars(page)).length).toBeGreaterThan(1);
  await teach(page, 0, RING, 0.1);
  await kept(page);
  const records = (await stored(page))!;
  expect(records.map(({ subject }) => subject)).toEqual(['characters']);
  await page.locator('#erase').click();
  await expect.poll(() => page.locator('#keep-status').innerText()).toBe('Erased');
  expect(await stored(page)).toEqual([]);
  expect(await page.locator('.thumb').count()).toBe(0);
  expect(await page.locator('#keep').isChecked()).toBe(false);
  await reloaded(page);
  expect(await page.locator('.thumb').count()).toBe(0);
  expect(opened.complaints).toEqual([]);
});

test('what is kept is small: no photo, no drawing', async () => {
  const page = await taughtPage();
  await keep(page);
  await kept(page);
  const bytes = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('visavis-teach');
      request.onsuccess = () => resolve(request.result);
    });
    const [record] = await new Promise<KeptLesson[]>((resolve) => {
      const request = database.transaction('lessons').objectStore('lessons').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    const thumbnails = record!.classes.flatMap((entry) => entry.thumbnails);
    return { support: record!.support.length, sides: thumbnails.map((one) => one.width) };
  });
  expect(bytes.support).toBeLessThan(10_000);
  expect(bytes.sides.length).toBe(2);
  expect(Math.max(...bytes.sides)).toBeLessThan(105);
});

describe('a browser that keeps nothing', () => {
  test('tells so in one line, and loses nothing on the screen', async () => {
    opened = await openTeach(browser, site, {
      prepare: (page) =>
        page.addInitScript(() => {
          IDBFactory.prototype.open = () => {
            throw new DOMException(
              'A mutation operation was attempted on a database that did not allow mutations.',
              'InvalidStateError',
            );
          };
        }),
    });
    const { page } = opened;
    expect(await page.locator('#keep-problem').innerText()).toMatch(/What was kept cannot be read/);
    await teach(page, 0, RING);
    await keep(page);
    await expect
      .poll(() => page.locator('#keep-problem').innerText())
      .toMatch(/keeps nothing for this page.*Nothing on the screen is lost/s);
    expect(await page.locator('#keep').isChecked()).toBe(false);
    expect(await thumbs(page, 0).count()).toBe(1);
  });
});

test('a set of another model is told, and not written over', async () => {
  const page = await taughtPage();
  await keep(page);
  await kept(page);
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('visavis-teach');
      request.onsuccess = () => resolve(request.result);
    });
    const store = database.transaction('lessons', 'readwrite').objectStore('lessons');
    const [record] = await new Promise<KeptLesson[]>((resolve) => {
      const request = store.getAll();
      request.onsuccess = () => resolve(request.result);
    });
    // Another model's name, and the checksum of bytes 24 on that goes with it (core/base/envelope.h).
    const bytes = record!.support;
    const name = String.fromCharCode(...bytes).indexOf('characters');
    bytes[name]! ^= 1;
    let crc = 0xffffffff;
    for (const byte of bytes.subarray(24)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, ~crc >>> 0, true);
    await new Promise((resolve) => (store.put(record).onsuccess = resolve));
    database.close();
  });
  await reloaded(page);
  await expect
    .poll(() => page.locator('#keep-problem').innerText())
    .toMatch(/cannot be used.*another version/s);
  expect(await page.locator('.thumb').count()).toBe(0);
  await teach(page, 0, RING);
  expect((await stored(page))!.length).toBe(1);
  await page.locator('#erase').click();
  await expect.poll(async () => (await stored(page))!.length).toBe(0);
});
