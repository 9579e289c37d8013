import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { hugeFile, payload, png } from './bad_files.js';
import {
  choose,
  launch,
  open,
  type Opened,
  problem,
  root,
  serve,
  settled,
  type Site,
  type Slot,
  outcome,
} from './browser.js';
import { ANNA, anotherOf, BELLA, edited, GROUP, relit } from './photos.js';

let browser: Browser;
let site: Site;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  // One page for all: what one bad file leaves behind would harm the next.
  opened = await open(browser, site);
  await choose(opened.page, 'passport', await edited(browser, ANNA));
});
afterAll(async () => {
  await browser.close();
  site.close();
});
beforeEach(() => {
  opened.complaints.length = 0;
});

const jpeg = readFileSync(GROUP);

describe('a file that cannot be compared says why in its slot', () => {
  const cases = [
    ['an empty file', payload('empty.jpg', Buffer.alloc(0)), /cannot be read as a photo.*empty/s],
    [
      'a truncated JPEG',
      payload('half.jpg', jpeg.subarray(0, jpeg.length / 2)),
      /cannot be read.*ends early/s,
    ],
    [
      'text called .jpg',
      payload('text.jpg', Buffer.from('Dear passport office,\n')),
      /cannot be read.*no image/s,
    ],
    [
      'a PDF',
      payload('scan.pdf', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'application/pdf'),
      /cannot be read.*PDF document/s,
    ],
    [
      'a GIF',
      payload('move.gif', Buffer.from('GIF89a, and so on'), 'image/gif'),
      /cannot be read.*GIF image/s,
    ],
    [
      'an iPhone photo',
      payload('IMG_1.HEIC', readFileSync(join(root, 'tests/data/drawn.heic'))),
      /cannot open HEIC photos.*as JPEG/s,
    ],
    ['0 x 0 pixels', png(0, 0), /cannot be read.*0 x 0/s],
    ['1 x 1 pixel', png(1, 1), /too small/],
    ['20,000 x 20,000 pixels', png(20_000, 20_000), /too large.*20000 x 20000/s],
    ['a photo without a face', png(640, 480), /No face found/],
  ] as const;

  test.each(cases)('%s', async (_, file, message) => {
    await choose(opened.page, 'selfie', file);
    expect(await problem(opened.page, 'selfie')).toMatch(message);
    expect(await opened.page.locator('#lead').innerText()).toMatch(
      /^Take another look at the selfie: /,
    );
    expect(opened.complaints).toEqual([]);
  });

  test('100 MB', async () => {
    const path = hugeFile(100 * 1024 * 1024);
    await choose(opened.page, 'selfie', path);
    rmSync(dirname(path), { recursive: true });
    expect(await problem(opened.page, 'selfie')).toMatch(/too large.*100 MB/s);
  });

  test('a face with too few pixels, naming the pixels needed', async () => {
    await choose(opened.page, 'selfie', await edited(browser, { ...ANNA, width: 52, quality: 1 }));
    expect(await problem(opened.page, 'selfie')).toMatch(/too small.*\d+ .*pixels/s);
  });

  test('a photo whose end marker a phone has left out is compared', async () => {
    const { buffer } = await edited(browser, relit(ANNA));
    const trailer = Buffer.from('\0\0\x01\x0aImage_UTC_DataSEFH', 'latin1');
    await choose(
      opened.page,
      'selfie',
      payload('photo.jpg', Buffer.concat([buffer.subarray(0, -2), trailer])),
    );
    expect(await outcome(opened.page)).toBe('match');
  });

  test('after all that, a good photo is compared, whatever it is called', async () => {
    const good = await edited(browser, relit(ANNA));
    await choose(opened.page, 'selfie', { ...good, name: 'photo.txt', mimeType: 'text/plain' });
    expect(await outcome(opened.page)).toBe('match');
  });
});

describe('drag and drop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-e2e-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a folder is refused and what was there stays', async () => {
    await choose(opened.page, 'selfie', await edited(browser, relit(ANNA)));
    await drop('selfie', [folder]);
    expect(await problem(opened.page, 'selfie')).toMatch(/That is a folder/);
    expect(await outcome(opened.page)).toBe('match');
  });

  test('two photos dropped at once are the passport photo, then the selfie, wherever they fall', async () => {
    const files = [ANNA, relit(ANNA), BELLA].map(async (edit, i) => {
      const path = join(folder, `${i}.jpg`);
      writeFileSync(path, (await edited(browser, edit)).buffer);
      return path;
    });
    const paths = await Promise.all(files);
    await drop('passport', paths.slice(1)); // Both places are full.
    expect(await outcome(opened.page)).toBe('mismatch');
    expect(await problem(opened.page, 'selfie')).toBe('');
    await drop('selfie', paths);
    expect(await problem(opened.page, 'selfie')).toMatch(/More than two photos.*first two were/s);
    expect(await outcome(opened.page)).toBe('match');
    expect(await opened.page.locator('#selfie img').getAttribute('alt')).toBe('Selfie: 1.jpg');
    expect(await opened.page.locator('#passport img').getAttribute('alt')).toBe(
      'Passport photo: 0.jpg',
    );
  });
});

describe('paste', () => {
  test('a picture goes to the first empty slot, text is refused', async () => {
    await opened.page.locator('#selfie .remove').click();
    await opened.page.locator('#headline').click();
    await opened.page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      const data = new DataTransfer();
      data.setData('text/plain', 'hello');
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    });
    expect(await problem(opened.page, 'selfie')).toMatch(/No photo on the clipboard/);
    const bytes = [...(await edited(browser, anotherOf(ANNA))).buffer];
    await opened.page.evaluate((content) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(content)], 'pasted.jpg', { type: 'image/jpeg' }));
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    }, bytes);
    await settled(opened.page, 'selfie');
    expect(await outcome(opened.page)).toBe('match');
  });
});

/** Drops real paths, as from a file manager: a script on the page could not make up a folder. */
async function drop(slot: Slot, files: string[]): Promise<void> {
  const { page } = opened;
  const box = (await page.locator(`#${slot} .stage`).boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...place, data });
  }
  await session.detach();
}
