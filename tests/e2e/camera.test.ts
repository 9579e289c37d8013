import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { launch, open, type Opened, problem, serve, settled, type Site } from './browser.js';

let site: Site;
beforeAll(async () => {
  site = await serve();
});
afterAll(() => site.close());

/** Keeps the streams that the page is given, to see whether it stops them. */
async function watchStreams(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const streams: MediaStream[] = [];
    Object.assign(window, { streams });
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      streams.push(stream);
      return stream;
    };
  });
}

function liveTracks(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { streams } = window as unknown as { streams: MediaStream[] };
    return streams
      .flatMap((stream) => stream.getTracks())
      .filter((track) => track.readyState === 'live').length;
  });
}

describe('a camera that shows no face', () => {
  let browser: Browser;
  let opened: Opened;
  beforeAll(async () => {
    browser = await launch('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
  });
  afterAll(() => browser.close());
  afterEach(() => opened.close());

  test('preview, shutter, message; the camera is off afterwards', async () => {
    opened = await open(browser, site, { prepare: watchStreams });
    const { page, complaints } = opened;
    await page.locator('#selfie .camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    expect(await page.locator('#camera-title').innerText()).toBe('Selfie');
    expect(
      await page
        .locator('#camera-shutter')
        .evaluate((shutter) => shutter === document.activeElement),
    ).toBe(true);
    expect(await liveTracks(page)).toBe(1);
    const mirrored = await page
      .locator('video')
      .evaluate((video) => getComputedStyle(video).transform);
    expect(mirrored).toBe('matrix(-1, 0, 0, 1, 0, 0)');
    await page.keyboard.press('Enter');
    await settled(page, 'selfie');
    expect(await problem(page, 'selfie')).toMatch(/No face found/);
    expect(await liveTracks(page)).toBe(0);
    expect(await page.locator('#camera').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('Escape closes the dialog and stops the camera; the slot stays empty', async () => {
    opened = await open(browser, site, { prepare: watchStreams });
    const { page } = opened;
    await page.locator('#passport .camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => liveTracks(page)).toBe(0);
    expect(await page.locator('#passport').getAttribute('data-state')).toBe('empty');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('passport-camera');
  });
});

describe('no camera to be had', () => {
  async function messageOf(
    browser: Browser,
    prepare?: (page: Page) => Promise<void>,
  ): Promise<string> {
    const { page } = await open(browser, site, prepare ? { prepare } : {});
    await page.locator('#selfie .camera').click();
    const message = page.locator('#camera-message');
    await expect.poll(() => message.innerText()).not.toMatch(/^(Starting.*|)$/);
    expect(await page.locator('#camera-shutter').isDisabled()).toBe(true);
    return message.innerText();
  }

  test('refused by the user', async () => {
    const browser = await launch('--use-fake-device-for-media-stream', '--deny-permission-prompts');
    expect(await messageOf(browser)).toMatch(/The camera is blocked. Tap the camera or lock sign/);
    await browser.close();
  });

  test('absent', async () => {
    const browser = await launch(
      '--use-fake-device-for-media-stream=device-count=0',
      '--use-fake-ui-for-media-stream',
    );
    expect(await messageOf(browser)).toMatch(/No camera found/);
    await browser.close();
  });

  test('an insecure origin', async () => {
    const browser = await launch();
    const message = await messageOf(browser, (page) =>
      page.addInitScript(() =>
        Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
      ),
    );
    expect(message).toMatch(/https pages only/);
    await browser.close();
  });
});
