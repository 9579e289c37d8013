import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { launch, open, type Opened, problem, serve, settled, type Site } from './browser.js';
import { overflow, shoot, smallTargets } from './looking.js';

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

const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.id);
const stateOf = (page: Page, state: string) =>
  page.locator(`#camera[data-state=${state}]`).waitFor();

describe('a camera that shows no face', () => {
  let browser: Browser;
  let opened: Opened;
  beforeAll(async () => {
    browser = await launch(
      '--use-fake-device-for-media-stream=device-count=2',
      '--use-fake-ui-for-media-stream',
    );
    opened = await open(browser, site, { prepare: watchStreams });
  });
  afterAll(() => browser.close());
  afterEach(() => opened.page.keyboard.press('Escape')); // Closes what a test left open.

  test('is no trap: the shutter asks once, and takes it anyway; the camera is off afterwards', async () => {
    const { page, complaints } = opened;
    await page.locator('#selfie .camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    expect(await page.locator('#camera-title').innerText()).toBe('Selfie');
    await expect.poll(() => focusedId(page), { timeout: 5000 }).toBe('camera-shutter');
    expect(await liveTracks(page)).toBe(1);
    const mirrored = await page
      .locator('video')
      .evaluate((video) => getComputedStyle(video).transform);
    expect(mirrored).toBe('matrix(-1, 0, 0, 1, 0, 0)');
    const hint = page.locator('#camera-hint');
    expect(await hint.innerText()).toBe('Put your face in the oval');
    const spoken = () => page.locator('#camera-live').innerText();
    await expect.poll(spoken, { timeout: 5000 }).toBe('Put your face in the oval');
    // Guidance has 2 s of its own, in which the shutter takes what is there.
    await page.waitForTimeout(1000);
    await page.keyboard.press('Enter');
    const question = page.locator('#camera-question-text');
    await question.waitFor();
    expect(await question.innerText()).toBe('No face is seen in the oval. Take it anyway?');
    expect(await focusedId(page)).toBe('camera-anyway');
    await page.keyboard.press('Enter');
    await settled(page, 'selfie');
    expect(await problem(page, 'selfie')).toMatch(/No face found/);
    expect(await liveTracks(page)).toBe(0);
    expect(await page.locator('#camera').isVisible()).toBe(false);
    expect(await page.locator('#selfie .camera').innerText()).toBe('Take it again');
    expect(complaints).toEqual([]);
  });

  test('Escape closes the dialog and stops the camera; the slot stays empty', async () => {
    const { page } = opened;
    await page.locator('#selfie .remove').click();
    await page.locator('#selfie .camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => liveTracks(page)).toBe(0);
    expect(await page.locator('#selfie').getAttribute('data-state')).toBe('empty');
    expect(await focusedId(page)).toBe('selfie-camera');
  });

  test('a document is never mirrored; on a laptop a file is offered first', async () => {
    const { page } = opened;
    await page.locator('#passport .camera').click();
    await stateOf(page, 'asking');
    expect(await page.locator('#camera-message').innerText()).toBe(
      'Easier with a file: photograph the page with your phone.',
    );
    expect(await focusedId(page)).toBe('camera-file');
    await page.locator('#camera-allow').click();
    await stateOf(page, 'live');
    const { transform } = await page.locator('video').evaluate((video) => {
      const { transform } = getComputedStyle(video);
      return { transform };
    });
    expect(transform).toBe('none');
    expect(await page.locator('#camera-hint').innerText()).toBe('Put the photo page in the frame');
    expect(await page.locator('.aim-page').getAttribute('d')).toContain('H');
  });

  test('another camera, a timer, and a lamp where there is one', async () => {
    const { page } = opened;
    await page.evaluate(() => {
      MediaStreamTrack.prototype.getCapabilities = () =>
        ({ torch: true }) as MediaTrackCapabilities;
      MediaStreamTrack.prototype.applyConstraints = async (constraints) => {
        Object.assign(window, { lit: JSON.stringify(constraints) });
      };
    });
    const device = () =>
      page.evaluate(() => {
        const { streams } = window as unknown as { streams: MediaStream[] };
        return streams.at(-1)!.getVideoTracks()[0]!.getSettings().deviceId;
      });
    await page.locator('#selfie .camera').click();
    await page.locator('#camera-switch').waitFor();
    const first = await device();
    await page.locator('#camera-switch').click();
    await expect.poll(device).not.toBe(first);
    expect(await liveTracks(page)).toBe(1);
    await stateOf(page, 'live');
    await page.locator('#camera-torch').click();
    await page.locator('#camera-torch[aria-pressed=true]').waitFor();
    expect(await page.evaluate(() => (window as unknown as { lit: string }).lit)).toBe(
      '{"advanced":[{"torch":true}]}',
    );
    await page.locator('#camera-shutter:enabled').waitFor();
    await page.waitForTimeout(500);
    await page.locator('#camera-timer').click();
    expect(await page.locator('#camera-count').innerText()).toBe('3');
    expect(await page.locator('#camera-timer').innerText()).toBe('Stop the timer');
    await page.locator('#camera-question').waitFor();
    expect(await page.locator('#camera-count').isVisible()).toBe(false);
  });

  test('at any size the whole dialog is seen, and fingers find its buttons', async () => {
    const { page } = opened;
    await page.locator('#selfie .camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    for (const [name, width, height] of [
      ['narrow', 320, 568],
      ['phone', 390, 844],
      ['landscape', 844, 390],
      ['desktop', 1280, 860],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await overflow(page), name).toEqual([]);
      expect(await smallTargets(page), name).toEqual([]);
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('#camera, #camera :is(button, p, .viewfinder)')]
          .map((element) => ({ id: element.id, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && (box.top < -1 || box.bottom > innerHeight + 1))
          .map(({ id }) => id),
      );
      expect(outside, name).toEqual([]);
      await shoot(page, `camera-${name}`);
    }
  });
});

test('the shutter works while the models are still on their way', async () => {
  const browser = await launch(
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  );
  const { page } = await open(browser, site, {
    ready: false,
    prepare: (page) => page.route('**/*.visavis', () => undefined), // Never answered.
  });
  await page.locator('#selfie .camera').click();
  await page.locator('#camera-shutter:enabled').click();
  await page.locator('#selfie[data-state=working]').waitFor();
  expect(await page.locator('#camera').isVisible()).toBe(false);
  await browser.close();
});

describe('the camera of the lesson', () => {
  test('has the shutter alone, and its photo goes to the card it was opened from', async () => {
    const browser = await launch(
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    );
    const { page, complaints } = await open(browser, site, { path: 'teach.html#faces' });
    const card = page.locator('.card').first();
    await card.locator('.camera').click();
    await page.locator('#camera-shutter:enabled').waitFor();
    expect(await page.locator('#camera-hint').innerText()).toBe('Put your face in the oval');
    await page.locator('#camera-shutter').click();
    await expect
      .poll(() => card.locator('.problem').innerText(), { timeout: 20_000 })
      .toMatch(/No face found/);
    expect(complaints).toEqual([]);
    await browser.close();
  });
});

describe('no camera to be had', () => {
  /** The words shown, the buttons under them, and which of these has the focus. */
  async function failureOn(
    page: Page,
    state: string,
  ): Promise<[string, string[], string | undefined]> {
    await stateOf(page, state);
    const words = await page.locator('#camera-message').innerText();
    const buttons = await page.locator('#camera-panel button:visible').allInnerTexts();
    expect(await page.locator('#camera-live').innerText()).toBe(words);
    await shoot(page, `camera-${state}`);
    return [words, buttons, await focusedId(page)];
  }

  async function failureOf(flags: readonly string[], state: string) {
    const browser = await launch(...flags);
    // What the browser would ask, it has answered: nothing is explained first.
    const { page } = await open(browser, site, {
      ready: false, // No model is needed for this.
      prepare: (page) => answered(page, 'denied'),
    });
    await page.locator('#selfie .camera').click();
    const failure = await failureOn(page, state);
    await browser.close();
    return failure;
  }

  const answered = (page: Page, state: PermissionState) =>
    page.addInitScript((given) => {
      navigator.permissions.query = async () => ({ state: given }) as PermissionStatus;
    }, state);

  test('refused by the user', async () => {
    const flags = ['--use-fake-device-for-media-stream', '--deny-permission-prompts'];
    expect(await failureOf(flags, 'refused')).toEqual([
      expect.stringMatching(/^The camera is blocked. Tap the camera or lock sign/),
      ['Try again', 'Choose a file'],
      'camera-retry',
    ]);
  });

  test('absent', async () => {
    const flags = [
      '--use-fake-device-for-media-stream=device-count=0',
      '--use-fake-ui-for-media-stream',
    ];
    expect(await failureOf(flags, 'absent')).toEqual([
      'No camera found on this device.',
      ['Choose a file'],
      'camera-file',
    ]);
  });

  test('before the browser asks, the page says so once; each failure has a way on', async () => {
    const browser = await launch(
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    );
    const { page, complaints } = await open(browser, site, {
      prepare: async (page) => {
        await answered(page, 'prompt');
        await page.addInitScript(() => {
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          const names = ['NotReadableError', 'UnheardError'];
          navigator.mediaDevices.getUserMedia = async (wish) => {
            const name = names.shift();
            if (name) throw new DOMException('no', name);
            return ask(wish);
          };
        });
      },
    });
    await page.locator('#selfie .camera').click();
    expect(await failureOn(page, 'asking')).toEqual([
      'Next, your browser asks for the camera. The picture stays on this device.',
      ['Allow camera', 'Choose a file'],
      'camera-allow',
    ]);
    expect(await smallTargets(page)).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await failureOn(page, 'busy')).toEqual([
      'Another program uses the camera. Close it, then try again.',
      ['Try again', 'Choose a file'],
      'camera-retry',
    ]);
    await page.keyboard.press('Enter');
    expect((await failureOn(page, 'broken'))[0]).toMatch(/^The camera gives no picture/);
    await page.keyboard.press('Enter');
    await stateOf(page, 'live');
    // Unplugged while it is looked through.
    await page
      .locator('video')
      .evaluate((video: HTMLVideoElement) =>
        (video.srcObject as MediaStream).getTracks()[0]!.dispatchEvent(new Event('ended')),
      );
    await stateOf(page, 'broken');
    await page.keyboard.press('Escape');
    await page.evaluate(() =>
      Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
    );
    await page.locator('#selfie .camera').click();
    expect(await failureOn(page, 'insecure')).toEqual([
      'Browsers allow the camera on https pages only.',
      ['Choose a file'],
      'camera-file',
    ]);
    await page.locator('#camera-input').setInputFiles({
      name: 'letter.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('no photo'),
    });
    await settled(page, 'selfie');
    expect(await page.locator('#selfie').getAttribute('data-state')).toBe('failed');
    expect(complaints).toEqual([]);
    await browser.close();
  });
});
