import { existsSync } from 'node:fs';
import type { Server } from 'node:http';

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Box, Visavis as Loader, VisavisError } from '../../wasm/dist/index.js';
import { findPhotos, sharp } from './photos.js';
import { serveDist } from './serve_dist.mjs';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const photos = await findPhotos();

/** What the tests keep on the page. */
declare const window: {
  Visavis: typeof Loader;
  visavis: Loader;
  video: HTMLVideoElement;
  VideoFrame: unknown;
} & Record<string, unknown>;

describe.skipIf(!existsSync(executablePath))('guide() of a <video> in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const served = await serveDist();
    server = served.server;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.goto(served.address);
    // The portrait in the left half of a wide frame, as a camera would send it.
    const portrait = await sharp(photos.reference)
      .rotate()
      .resize(480, 480, { fit: 'cover' })
      .png()
      .toBuffer();
    await page.evaluate(async (base64) => {
      window.visavis = await window.Visavis.load();
      // The policy forbids data: addresses.
      const image = await createImageBitmap(
        new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
      );
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [960, 480];
      const context = canvas.getContext('2d')!;
      setInterval(() => {
        context.fillStyle = '#8c8f94';
        context.fillRect(0, 0, 960, 480);
        context.drawImage(image, 0, 0);
      }, 40);
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = canvas.captureStream();
      document.body.append(video);
      await video.play();
      window.video = video;
    }, portrait.toString('base64'));
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** The photo taken of the video, or of a part of it. */
  const taken = (view?: Box) =>
    page.evaluate(async (box) => {
      const guide = window.visavis.guide(window.video, {
        kind: 'document',
        ...(box && { view: () => box }),
      });
      for await (const { captured, width, height } of guide) {
        if (!captured) continue;
        const { picture, enrolled, isAutomatic } = captured;
        const isBitmap = picture instanceof ImageBitmap;
        const { left, width: faceWidth } = enrolled!.face.box;
        return {
          ...{ isBitmap, isAutomatic, frame: [width, height] },
          ...{ picture: [picture.width, picture.height], face: left + faceWidth / 2 },
        };
      }
      return null;
    }, view);

  const left: Box = { left: 0, top: 0, width: 0.5, height: 1 };
  const right: Box = { left: 0.125, top: 0, width: 0.5, height: 1 };

  test('takes its frame at its resolution, cut to the part that is seen', async () => {
    const whole = await taken();
    expect(whole).toMatchObject({ isBitmap: true, isAutomatic: true, picture: [960, 480] });
    expect(whole?.face).toBeGreaterThan(180);
    expect(whole?.face).toBeLessThan(300);
    expect(await taken(left)).toMatchObject({ picture: [480, 480], frame: [480, 480] });
    const moved = await taken(right);
    expect(moved?.picture).toEqual([480, 480]);
    // 120 pixels of the frame were cut off.
    expect(Math.abs(whole!.face - moved!.face - 120)).toBeLessThan(8);
  });

  test('does so where there is no VideoFrame', async () => {
    await page.evaluate(() => Object.assign(window, { kept: VideoFrame, VideoFrame: undefined }));
    const moved = await taken(right);
    await page.evaluate(() => Object.assign(window, { VideoFrame: window['kept'] }));
    expect(moved).toMatchObject({ isBitmap: true, picture: [480, 480] });
    expect(moved?.face).toBeLessThan(180);
  });

  test('says so when no frame comes, when it is no video, and when the part is none', async () => {
    const said = (source: string, options: string) =>
      page.evaluate(
        async ([what, how]) => {
          try {
            const from = what === 'empty' ? document.createElement('video') : document.body;
            const guide = window.visavis.guide((what === 'video' ? window.video : from) as never, {
              kind: 'selfie',
              ...(how === 'outside' && {
                view: () => ({ left: 0.6, top: 0, width: 0.6, height: 1 }),
              }),
            });
            for await (const step of guide) return step.hint;
            return 'ended';
          } catch (error) {
            return `${(error as VisavisError).code}: ${(error as VisavisError).message}`;
          }
        },
        [source, options] as const,
      );
    expect(await said('body', '')).toMatch(/^invalid-argument: guide\(\) takes a <video>/);
    expect(await said('video', 'outside')).toMatch(
      /^invalid-argument: view must give a box inside/,
    );
    expect(await said('empty', '')).toMatch(/^unreadable-image: The video gave no frame for 5 s/);
  });
});
