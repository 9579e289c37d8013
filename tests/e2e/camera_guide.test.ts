import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  choose,
  launch,
  open,
  type Opened,
  outcome,
  serve,
  settled,
  type Site,
} from './browser.js';
import { FakeCamera, type Person } from './fake_camera.js';
import { shoot } from './looking.js';
import { portraits } from './photos.js';

const anna = portraits('005');
const bella = portraits('006');
if (!anna) console.warn('../shared/data/frll.tar is missing: guidance by a camera is not tested.');

describe.skipIf(!anna)('guidance by a camera that shows portraits', () => {
  const camera = new FakeCamera();
  let browser: Browser;
  let site: Site;
  let opened: Opened;
  beforeAll(async () => {
    await camera.show();
    browser = await launch(...camera.flags);
    site = await serve();
    opened = await open(browser, site, { viewport: { width: 1280, height: 860 } });
    await opened.page.evaluate(() => {
      const spoken: number[] = [];
      Object.assign(window, { spoken });
      new MutationObserver(() => spoken.push(performance.now())).observe(
        document.getElementById('camera-live')!,
        { childList: true, characterData: true, subtree: true },
      );
    });
  });
  afterAll(async () => {
    await browser.close();
    site.close();
  });

  const selfie = (placed: Partial<Person>) => ({ portrait: anna!.smiling, ...placed });

  const faults: [name: string, people: readonly Person[], command: string][] = [
    ['nobody', [], 'Put your face in the oval'],
    ['too small', [selfie({ height: 530 })], 'Move closer'],
    ['too large', [selfie({ height: 1500 })], 'Move back'],
    ['to the side', [selfie({ right: 250 })], 'Move to the middle →'],
    ['dark', [selfie({ light: 0.25 })], 'More light, please: face a window'],
    ['blurred', [selfie({ blur: 7 })], 'Hold still'],
    [
      'two people',
      [selfie({ right: 200 }), { portrait: portraits('006')?.smiling ?? '', right: -300 }],
      'Only one person, please',
    ],
  ];
  test.each(faults)('%s: is told, and no photo is taken', async (name, people, command) => {
    const { page } = opened;
    await camera.show(...people);
    await page.locator('#selfie .camera').click();
    const hint = page.locator('#camera-hint');
    await expect.poll(() => hint.innerText(), { timeout: 8000 }).toBe(command);
    // As long as a good face would have needed from here on.
    await page.waitForTimeout(1600);
    expect(await hint.innerText()).toBe(command);
    expect(await page.locator('#camera').isVisible()).toBe(true);
    await shoot(page, `camera-${name.replaceAll(' ', '-')}`);
    await page.keyboard.press('Escape');
    expect(await page.locator('#selfie').getAttribute('data-state')).toBe('empty');
  });

  test('a face well placed is taken by itself, and compared', async () => {
    const { page, complaints } = opened;
    await choose(page, 'passport', anna!.neutral);
    await camera.show(selfie({}));
    await page.locator('#selfie .camera').click();
    await page.locator('.viewfinder.is-holding').waitFor();
    expect(await page.locator('#camera-hint').innerText()).toBe('Hold still');
    await shoot(page, 'camera-holding');
    await settled(page, 'selfie');
    expect(await page.locator('#camera').isVisible()).toBe(false);
    expect(await page.locator('#selfie .fitness').innerText()).toBe('Good photo');
    expect(await outcome(page)).toBe('match');
    expect(await page.locator('#headline').innerText()).toBe('The photos match');
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await expect.poll(focused, { timeout: 5000 }).toBe('headline');
    // As others see it: the photo taken is no mirror, and all that was seen.
    const size = await page
      .locator('#selfie img')
      .evaluate((image: HTMLImageElement) => [
        image.naturalWidth / image.naturalHeight,
        image.naturalHeight,
      ]);
    expect(size[0]).toBeGreaterThan(1.3);
    expect(size[1]).toBeGreaterThan(700);
    expect(complaints).toEqual([]);
  });

  test('one retake is one button, and another person is another outcome', async () => {
    const { page } = opened;
    await camera.show({ portrait: bella!.smiling });
    await page.locator('#selfie').getByText('Take it again').click();
    await page.locator('body[data-outcome=mismatch]').waitFor();
    const times = await page.evaluate(() => (window as unknown as { spoken: number[] }).spoken);
    expect(times.length).toBeGreaterThan(5);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    // Timers may fire a little early.
    expect(Math.min(...gaps), 'milliseconds between words spoken').toBeGreaterThan(1950);
  });
});

describe.skipIf(!anna)('a page before the camera of a phone', () => {
  test('is taken by itself, cut to the frame; before that of a laptop it is not', async () => {
    const camera = new FakeCamera();
    await camera.show({ portrait: anna!.neutral, height: 330, right: -120 });
    const browser = await launch(...camera.flags);
    const site = await serve();
    for (const facing of ['environment', undefined]) {
      const { page, close } = await open(browser, site, {
        ...(facing && { hasTouch: true, isMobile: true }),
        viewport: { width: 844, height: 390 },
        prepare: (page) =>
          page.addInitScript((facingMode) => {
            const ask = MediaStreamTrack.prototype.getSettings;
            MediaStreamTrack.prototype.getSettings = function settings() {
              return { ...ask.call(this), ...(facingMode && { facingMode }) };
            };
          }, facing),
      });
      await page.locator('#passport .camera').click();
      if (!facing) await page.locator('#camera-allow').click();
      if (facing) {
        await settled(page, 'passport');
        expect(await page.locator('#passport').getAttribute('data-state')).toBe('ready');
        const ratio = await page
          .locator('#passport img')
          .evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight);
        expect(ratio).toBeGreaterThan(1.3);
        expect(ratio).toBeLessThan(1.5);
      } else {
        const hint = page.locator('#camera-hint');
        await expect
          .poll(() => hint.innerText(), { timeout: 8000 })
          .toBe('Press the button when you are ready');
        expect(await page.locator('#camera-note').innerText()).toBe(
          'Put the photo page in the frame',
        );
        await page.waitForTimeout(1600);
        expect(await page.locator('#camera').isVisible()).toBe(true);
      }
      await close();
    }
    await browser.close();
    site.close();
  });
});
