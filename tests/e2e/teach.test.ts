import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { png, payload } from './bad_files.js';
import { launch, type Opened, serve, type Site } from './browser.js';
import { ANNA, BELLA, edited, GROUP, portraits, relit } from './photos.js';
import {
  bars,
  best,
  card,
  CROSS,
  draw,
  name,
  openTeach,
  query,
  RING,
  teach,
  thumbs,
} from './teach.js';

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
async function quiet(act: (opened: Opened) => Promise<void>, path = 'teach.html'): Promise<void> {
  opened = await openTeach(browser, site, { path });
  const loaded = opened.requests.length;
  await act(opened);
  expect(opened.complaints).toEqual([]);
  expect(opened.requests.slice(loaded).filter((url) => !url.startsWith('blob:'))).toEqual([]);
}

const headline = () => opened.page.locator('#headline').innerText();

describe('signs', () => {
  test('two classes drawn, a third drawing is told to be the right one, after each of its strokes', () =>
    quiet(async ({ page }) => {
      await name(page, 0, 'ring');
      await name(page, 1, 'cross');
      await teach(page, 0, RING);
      expect(await page.locator('#lead').innerText()).toMatch(/knows “ring” alone/);
      expect(await page.locator('#bars').isVisible()).toBe(false);
      await teach(page, 1, CROSS);
      await draw(query(page), RING, 0.1);
      await page.locator('#bars').waitFor();
      expect((await bars(page)).slice(0, 2)).toEqual([
        expect.stringMatching(/^ring /),
        expect.stringMatching(/^cross /),
      ]);
      const share = (text: string): number => Number(/(\d+)%/.exec(text)![1]);
      const [ring, cross] = (await bars(page)) as [string, string];
      expect(share(ring)).toBeGreaterThan(share(cross));
      await page.locator('#query-actions .clear').click();
      await page.locator('#bars').waitFor({ state: 'hidden' });
      const top = async (): Promise<number> => (await query(page).boundingBox())!.y;
      const before = await top();
      for (const stroke of CROSS) {
        await draw(query(page), [stroke], 0.1);
        await page.locator('#bars').waitFor(); // After the first stroke already.
        expect(await top()).toBe(before); // No sheet moves under a pen.
      }
      await expect
        .poll(async () => share((await bars(page))[1]!) > share((await bars(page))[0]!))
        .toBe(true);
      await expect
        .poll(() => page.locator('#announcer').innerText())
        .toMatch(/sure, among the 2|None of these/);
    }));

  test('a finger and a pen draw as the mouse does; the second finger does not', () =>
    quiet(async ({ page }) => {
      const sheet = card(page, 0).locator('.sheet');
      for (const pointerType of ['touch', 'pen']) {
        await sheet.evaluate((element, type) => {
          const { left, top, width } = element.getBoundingClientRect();
          const fire = (kind: string, pointerId: number, share: number) =>
            element.dispatchEvent(
              new PointerEvent(kind, {
                pointerId,
                pointerType: type,
                bubbles: true,
                button: 0,
                pressure: 0.2,
                clientX: left + width * share,
                clientY: top + width * share,
              }),
            );
          element.setPointerCapture = () => undefined; // These pointers exist here only.
          fire('pointerdown', 7, 0.2);
          fire('pointerdown', 8, 0.9);
          fire('pointermove', 8, 0.1);
          fire('pointermove', 7, 0.6);
          fire('pointerup', 7, 0.6);
        }, pointerType);
      }
      const paths = sheet.locator('.ink path');
      expect(await paths.count()).toBe(2);
      expect(await paths.nth(0).getAttribute('d')).toBe(await paths.nth(1).getAttribute('d'));
      await card(page, 0).locator('.undo').click();
      expect(await paths.count()).toBe(1);
      await card(page, 0).locator('.clear').click();
      expect(await paths.count()).toBe(0);
      expect(await card(page, 0).locator('.add').isDisabled()).toBe(true);
    }));

  test('what is dropped is read: examples on a card, the query elsewhere', () =>
    quiet(async ({ page }) => {
      await teach(page, 0, RING);
      await dropPicture(page, '.card:nth-child(2)', 'cross');
      await thumbs(page, 1).locator('canvas').waitFor();
      await dropPicture(page, 'h1', 'cross');
      await page.locator('#query .seen').waitFor();
      await expect.poll(async () => (await bars(page))[1]).toMatch(/^B (9\d|over 99)%/);
    }));

  test('five examples are the limit; one removed makes room; a class goes with its button', () =>
    quiet(async ({ page }) => {
      const files = [0, 1, 2, 3, 4, 5].map(() => signFile('ring'));
      await card(page, 0)
        .locator('input[type=file]')
        .setInputFiles(await Promise.all(files));
      await thumbs(page, 0).nth(4).locator('canvas').waitFor();
      expect(await thumbs(page, 0).count()).toBe(5);
      const problem = card(page, 0).locator('.problem');
      expect(await problem.innerText()).toMatch(/5 examples are the limit/);
      await draw(card(page, 0).locator('.sheet'), RING);
      await card(page, 0).locator('.add').click();
      expect(await card(page, 0).locator('.ink path').count()).toBe(1); // The drawing is not lost.
      await thumbs(page, 0).nth(1).click();
      expect(await problem.isVisible()).toBe(false);
      await card(page, 0).locator('.add').click();
      await thumbs(page, 0).nth(4).locator('canvas').waitFor();
      await page.locator('#add-class').click();
      expect(await page.locator('.card').count()).toBe(3);
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe(
        'C',
      );
      await page.getByRole('button', { name: 'Remove A', exact: true }).click();
      expect(await page.locator('.card').count()).toBe(2);
    }));

  test('bad input leaves a line where it was given, and nothing else', () =>
    quiet(async ({ page }) => {
      const problem = card(page, 0).locator('.problem');
      const input = card(page, 0).locator('input[type=file]');
      await input.setInputFiles(payload('letter.png', Buffer.from('a letter')));
      await expect.poll(() => problem.innerText()).toMatch(/cannot be read as a picture/);
      await input.setInputFiles(png(20_000, 20_000));
      await expect.poll(() => problem.innerText()).toMatch(/too large.*20000/s);
      await input.setInputFiles(png(64, 64, 0xff));
      await expect.poll(() => problem.innerText()).toMatch(/No strokes stand out/);
      expect(await thumbs(page, 0).count()).toBe(0);
      await name(page, 1, 'A');
      expect(await card(page, 1).locator('.problem').innerText()).toMatch(
        /“A” is another class’s name/,
      );
      await name(page, 1, ' ');
      expect(await card(page, 1).locator('.problem').innerText()).toMatch(/needs a name/);
      expect(await card(page, 1).locator('.card-name').inputValue()).toBe('B');
      await page
        .locator('#query-actions input')
        .setInputFiles(payload('letter.png', Buffer.from('a letter')));
      await expect.poll(() => page.locator('#query-problem').innerText()).toMatch(/cannot be read/);
    }));

  /** A PNG of a sign: bold strokes of dark ink on paper, drawn by the browser. */
  async function signFile(sign: 'ring' | 'cross') {
    const page = await browser.newPage();
    const url = await page.evaluate((which) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 300;
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#e8e2d0';
      context.fillRect(0, 0, 300, 300);
      context.strokeStyle = '#223';
      context.lineWidth = 9;
      context.beginPath();
      if (which === 'ring') context.arc(150, 150, 80, 0, 7);
      else {
        for (const [a, b] of [
          [70, 230],
          [230, 70],
        ] as const) {
          context.moveTo(70, a);
          context.lineTo(230, b);
        }
      }
      context.stroke();
      return canvas.toDataURL();
    }, sign);
    await page.close();
    return payload(`${sign}.png`, Buffer.from(url.split(',')[1]!, 'base64'), 'image/png');
  }

  async function dropPicture(
    page: Opened['page'],
    target: string,
    sign: 'ring' | 'cross',
  ): Promise<void> {
    const { buffer } = await signFile(sign);
    await page.locator(target).evaluate((element, base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'sign.png', { type: 'image/png' }));
      for (const type of ['dragover', 'drop']) {
        element.dispatchEvent(
          new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
        );
      }
    }, buffer.toString('base64'));
  }
});

describe('people', () => {
  async function addPhoto(
    place: number,
    file: Parameters<ReturnType<typeof card>['setInputFiles']>[0],
  ): Promise<void> {
    const before = await thumbs(opened.page, place).count();
    await card(opened.page, place).locator('input[type=file]').setInputFiles(file);
    await thumbs(opened.page, place).nth(before).locator('canvas').waitFor();
  }

  const ask = (file: Parameters<ReturnType<typeof card>['setInputFiles']>[0]) =>
    opened.page.locator('#query-actions input').setInputFiles(file);

  test('enrolled from a photo each, they are recognised in others', () =>
    quiet(async ({ page }) => {
      await name(page, 0, 'Anna');
      await name(page, 1, 'Bella');
      await addPhoto(0, await edited(browser, ANNA));
      await addPhoto(1, await edited(browser, BELLA));
      await ask(await edited(browser, relit(BELLA)));
      await expect.poll(headline).toBe('Bella');
      expect(await best(page)).toBe('Bella');
      await ask(await edited(browser, relit(ANNA)));
      await expect.poll(headline).toBe('Anna');
    }, 'teach.html#faces'));

  test('a stranger is none of these; a photo of several says so; one without a face is told', () =>
    quiet(async ({ page }) => {
      await addPhoto(0, await edited(browser, BELLA));
      await addPhoto(
        1,
        await edited(browser, { source: BELLA.source, crop: BELLA.crop!, degrees: 4 }),
      );
      await ask(await edited(browser, ANNA));
      await expect.poll(headline).toBe('None of these');
      expect((await bars(page)).at(-1)).toBe('None of these');
      await ask(GROUP);
      await expect.poll(() => page.locator('#query-problem').innerText()).toMatch(/5 faces found/);
      await card(page, 0).locator('input[type=file]').setInputFiles(png(300, 300));
      await expect
        .poll(() => card(page, 0).locator('.problem').innerText())
        .toMatch(/No face found/);
    }, 'teach.html#faces'));

  test.skipIf(!portraits('005'))('portraits: neutral taught, smiling recognised', () =>
    quiet(async () => {
      const people = ['005', '006'].map((person) => portraits(person)!);
      for (const [place, { neutral }] of people.entries()) await addPhoto(place, neutral);
      for (const [place, { smiling }] of people.entries()) {
        await ask(smiling);
        await expect.poll(headline).toBe(`Person ${place + 1}`);
      }
    }, 'teach.html#faces'),
  );

  test('the networks of faces are fetched when people are chosen, not before', async () => {
    opened = await openTeach(browser, site);
    const { page, requests, complaints } = opened;
    const models = () =>
      requests
        .filter((url) => url.endsWith('.visavis'))
        .map((url) => /([\w-]+?)-[\w-]{8}\.visavis/.exec(url)![1]);
    expect(models()).toEqual(['characters']);
    await page.locator('label:has(input[value=faces])').click();
    await page.locator('#loading').waitFor({ state: 'visible' });
    await page.locator('#loading').waitFor({ state: 'hidden' });
    expect(models().sort()).toEqual([
      'blazeface-far',
      'blazeface-near',
      'characters',
      'confirmation',
      'embedder',
      'landmarks68',
    ]);
    expect(page.url()).toMatch(/#faces$/);
    expect(complaints).toEqual([]);
  });
});

test('the comparison does not fetch what only this page needs, and each page leads to the other', async () => {
  opened = await openTeach(browser, site, { path: '' });
  const { page, requests } = opened;
  expect(requests.filter((url) => url.includes('characters'))).toEqual([]);
  await page.locator('#elsewhere').click();
  await page.waitForURL(/teach\.html$/);
  await page.locator('#elsewhere').click();
  await page.waitForURL(/index\.html$/);
});
