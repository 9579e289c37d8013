import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Visavis as Loader, VisavisError } from '../../wasm/dist/index.js';
import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import { loadEngine } from './module.js';
import { findPhotos, pixelsOf, sharp } from './photos.js';
import { serveDist } from './serve_dist.mjs';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const photos = await findPhotos();

type VisavisType = Awaited<ReturnType<typeof Loader.load>>;

/** What the tests keep on the page. */
type Shelf = {
  Visavis: typeof Loader;
  visavis: VisavisType;
  baseline: VisavisType;
  file(base64: string): Blob;
};
declare const window: Shelf & Record<string, unknown>;

describe.skipIf(!existsSync(executablePath))('in Chromium, under the strictest policy', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const served = await serveDist();
    server = served.server;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(served.address);
    await page.evaluate(async () => {
      window.visavis = await window.Visavis.load();
      window.baseline = await window.Visavis.load({ variant: 'baseline' });
      window.file = (base64) =>
        new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
    });
    requests.length = 0;
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Code of the error that enrolling these bytes ends in. */
  const refusal = (bytes: Buffer): Promise<string> =>
    page.evaluate(
      (base64) =>
        window.visavis.enrol(window.file(base64)).then(
          () => 'enrolled',
          (error: VisavisError) => `${error.code}: ${error.message}`,
        ),
      bytes.toString('base64'),
    );

  test('photos of one person match, of two people do not', async () => {
    const files = await Promise.all(
      [photos.reference, photos.same, photos.other].map((path) => readFile(path, 'base64')),
    );
    const result = await page.evaluate(async (base64s) => {
      const { visavis, file } = window;
      const faces = await Promise.all(base64s.map((base64) => visavis.enrol(file(base64))));
      const [passport, selfie, stranger] = faces as [
        (typeof faces)[0],
        (typeof faces)[0],
        (typeof faces)[0],
      ];
      return {
        genuine: await visavis.verify(passport, selfie),
        impostor: await visavis.verify(passport, stranger),
        rows: new ImageData(passport.crop.data, passport.crop.width).height,
        height: passport.crop.height,
      };
    }, files);
    expect(result.genuine.isMatch).toBe(true);
    expect(result.impostor.isMatch).toBe(false);
    expect(result.height).toBeGreaterThan(0);
    expect(result.rows).toBe(result.height);
  });

  test('a frame is tracked in whatever form, in its own pixels though it is looked at smaller', async () => {
    const png = await sharp(photos.reference).rotate().resize({ width: 1280 }).png().toBuffer();
    const found = await page.evaluate(async (base64) => {
      const { file, visavis } = window;
      const bitmap = await createImageBitmap(file(base64));
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const frame = new VideoFrame(canvas, { timestamp: 0 });
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = canvas.captureStream(30);
      await video.play();
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
      const views: Awaited<ReturnType<VisavisType['track']>>[] = [];
      for (const form of [bitmap, canvas, frame, video, pixels, file(base64)])
        views.push(await visavis.track(form, { previous: views.at(-1)?.face ?? null }));
      const copies = [frame.clone(), await createImageBitmap(bitmap)];
      for (const used of [...copies, frame]) used.close();
      const closed = await visavis.track(frame).catch((error: VisavisError) => error.code);
      return { views, copies: copies.length, closed };
    }, png.toString('base64'));
    expect(found.copies).toBe(2);
    expect(found.closed).toBe('invalid-argument');
    const [first, ...others] = found.views;
    expect(first!.width).toBe(1280);
    const { box } = first!.face!;
    for (const { width, height, face } of others) {
      expect([width, height]).toEqual([first!.width, first!.height]);
      // Scaled down by other means, and the detector sees 128 pixels of the frame.
      expect(Math.abs(face!.box.left - box.left)).toBeLessThan(0.1 * box.width);
      expect(Math.abs(face!.box.width - box.width)).toBeLessThan(0.1 * box.width);
      expect(face!.quality.eyeDistance / first!.face!.quality.eyeDistance).toBeCloseTo(1, 1);
    }
  });

  // The tolerances of parity.test.ts: the same pixels and the same kernels, or others that round otherwise.
  test.each([
    { variant: 'baseline', tolerance: 1e-4 },
    { variant: 'relaxed', tolerance: 0.15 },
  ] as const)('every form of a photo gives what node gives, $variant', async (tried) => {
    const png = await sharp(photos.reference).rotate().resize(600).removeAlpha().png().toBuffer();
    const engine = await loadEngine();
    const { embedding: expected } = await engine.enrol(rowsOfPixels(await pixelsOf(png)), 0);
    const found = await page.evaluate(
      async ([base64, variant]) => {
        const { file, visavis: relaxed, baseline } = window;
        const visavis = variant === 'baseline' ? baseline : relaxed;
        const blob = file(base64);
        const bitmap = await createImageBitmap(blob);
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
        const context = canvas.getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
        const forms = [
          blob,
          new File([blob], 'p.png'),
          await blob.arrayBuffer(),
          bitmap,
          canvas,
          pixels,
        ];
        const embeddings = [];
        for (const form of forms) embeddings.push([...(await visavis.enrol(form)).embedding]);
        return { embeddings, kept: bitmap.width > 0 && pixels.data.length > 0 };
      },
      [png.toString('base64'), tried.variant] as const,
    );
    expect(found.kept).toBe(true);
    for (const embedding of found.embeddings) {
      const apart = Math.hypot(...embedding.map((value, i) => value - expected[i]!));
      expect(apart).toBeLessThan(tried.tolerance);
    }
  });

  test('EXIF orientation is honoured', async () => {
    const upright = sharp(photos.reference).rotate().resize(600, 400, { fit: 'cover' });
    const sideways = await sharp(await upright.toBuffer())
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const size = await page.evaluate(async (base64) => {
      const { width, height } = await window.visavis.detect(window.file(base64));
      return [width, height];
    }, sideways.toString('base64'));
    expect(size).toEqual([600, 400]);
  });

  // Large and opaque, so that their pixels are read past the canvas: it must not show. The page draws
  // the expected pixels; its own browser turns and converts them, here exactly as the worker does.
  test('large photos give what their drawn pixels give, in every orientation and colour space', async () => {
    const size = { width: 801, height: 500 };
    const photo = sharp(photos.reference)
      .rotate()
      .resize({ ...size, fit: 'cover' });
    const opaque = await photo.toBuffer();
    const jpeg = (orientation: number) =>
      sharp(opaque).withMetadata({ orientation }).jpeg({ quality: 90 }).toBuffer();
    const files: Record<string, Buffer> = {
      wide: await sharp(opaque).withIccProfile('p3').jpeg({ quality: 90 }).toBuffer(),
      png: await sharp(opaque).removeAlpha().png().toBuffer(),
      'see-through': await sharp(opaque).ensureAlpha(0.6).png().toBuffer(),
    };
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8])
      files[`turned ${orientation}`] = await jpeg(orientation);
    for (const [name, bytes] of Object.entries(files)) {
      const [fromFile, fromPixels] = await page.evaluate(async (base64) => {
        const { file, visavis } = window;
        const bitmap = await createImageBitmap(file(base64));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
        const seen = [];
        for (const form of [file(base64), pixels]) {
          const outcome = await visavis.enrol(form).then(
            ({ width, height, embedding, face }) => [width, height, face, [...embedding]],
            (error: VisavisError) => error.code,
          );
          seen.push(JSON.stringify(outcome));
        }
        return seen;
      }, bytes.toString('base64'));
      expect(fromFile, name).toBe(fromPixels);
      if (name === 'turned 1') expect(fromFile).toContain('leftEye');
    }
  }, 240_000);

  test('a large JPEG is read as far as its face needs, and whole where that is small', async () => {
    const portrait = await sharp(photos.reference)
      .rotate()
      .resize(2200, 1800, { fit: 'cover' })
      .toBuffer();
    const jpeg = (orientation: number) =>
      sharp(portrait).withMetadata({ orientation }).jpeg({ quality: 92 }).toBuffer();
    const page2000 = sharp({
      create: { width: 2000, height: 1500, channels: 3, background: '#ccc' },
    });
    const small = await sharp(photos.reference).rotate().resize({ height: 300 }).toBuffer();
    const files = {
      upright: await jpeg(1),
      'on its side': await jpeg(6),
      mirrored: await jpeg(4),
      'of wide colours': await sharp(portrait)
        .withIccProfile('p3')
        .jpeg({ quality: 92 })
        .toBuffer(),
      'a small face': await page2000
        .composite([{ input: small, left: 200, top: 300 }])
        .jpeg({ quality: 92 })
        .toBuffer(),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const [file, pixels] = await page.evaluate(async (base64) => {
        const { file, baseline } = window;
        const bitmap = await createImageBitmap(file(base64));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
        const seen = [];
        for (const form of [file(base64), pixels]) {
          const { width, height, face, faces, quality, embedding } = await baseline.enrol(form);
          const issues = quality.issues.map(({ code }) => code);
          const { eyeDistance } = quality;
          const found = { size: [width, height], faces: faces.length, issues };
          seen.push({ found, box: face.box, eyeDistance, embedding: [...embedding] });
        }
        return seen as [(typeof seen)[0], (typeof seen)[0]];
      }, bytes.toString('base64'));
      expect(file.found, name).toEqual(pixels.found);
      const apart = Math.hypot(...file.embedding.map((value, i) => value - pixels.embedding[i]!));
      if (name === 'a small face') {
        expect(file, name).toEqual(pixels);
      } else {
        // Another way to scale down, seen by a network in int8: as far apart as its variants are.
        expect(apart, name).toBeGreaterThan(0);
        expect(apart, name).toBeLessThan(0.2);
        expect(Math.abs(file.box.left - pixels.box.left), name).toBeLessThan(
          0.02 * pixels.box.width,
        );
        expect(file.eyeDistance / pixels.eyeDistance, name).toBeCloseTo(1, 1);
      }
    }
    const whole = files.upright;
    expect(await refusal(whole.subarray(0, whole.length >> 1))).toContain(
      'unreadable-image: The JPEG file ends early',
    );
  }, 240_000);

  test('bad input is refused, each with its own message', async () => {
    const whole = await sharp({
      create: { width: 300, height: 300, channels: 3, background: 'teal' },
    })
      .png()
      .toBuffer();
    const jpeg = await sharp(whole).jpeg().toBuffer();
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    const damaged = Buffer.from(whole);
    damaged.fill(0x55, damaged.indexOf('IDAT') + 8, damaged.indexOf('IDAT') + 40);
    expect(await refusal(whole)).toContain('no-face');
    expect(await refusal(Buffer.alloc(0))).toContain('unreadable-image: The file is empty');
    expect(await refusal(Buffer.from('a letter'))).toContain(
      'unreadable-image: The file is no image',
    );
    expect(await refusal(jpeg.subarray(0, jpeg.length - 99))).toContain(
      'unreadable-image: The JPEG file ends early',
    );
    expect(await refusal(damaged)).toContain(
      'unreadable-image: The PNG file is damaged or unusual (bad checksum)',
    );
    expect(await refusal(huge)).toContain('image-too-large: The image has 20000 x 20000');
    expect(await refusal(await sharp(whole).resize(1, 1).png().toBuffer())).toContain(
      'image-too-small',
    );
    const large = await page.evaluate(() =>
      window.visavis
        .enrol(new Blob([new Uint8Array(100 << 20)]))
        .catch((error: VisavisError) => error.message),
    );
    expect(large).toContain('100 MB');
  });

  test('a cancelled call rejects at once', async () => {
    const code = await page.evaluate(async () => {
      const abort = new AbortController();
      const pixels = new ImageData(3000, 2000);
      const detection = window.visavis.detect(pixels, { signal: abort.signal });
      abort.abort();
      return detection.catch((error: VisavisError) => error.code);
    });
    expect(code).toBe('cancelled');
  });

  test('where SIMD is missing the error names the browsers that have it', async () => {
    const message = await page.evaluate(async () => {
      const validate = WebAssembly.validate;
      WebAssembly.validate = () => false;
      const refused = await window.Visavis.load().catch(
        (error: VisavisError) => `${error.code}: ${error.message}`,
      );
      WebAssembly.validate = validate;
      return refused;
    });
    expect(message).toMatch(
      /^unsupported: WebAssembly SIMD .*Chrome or Edge 91, Firefox 114, Safari 16\.4/,
    );
  });

  test('a policy that forbids WebAssembly is named, with what it lacks', async () => {
    const strict = await serveDist({
      policy: "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'",
    });
    const other = await browser.newPage();
    try {
      await other.goto(strict.address);
      const said = await other.evaluate(() =>
        window.Visavis.load().then(
          () => 'loaded',
          (error: VisavisError) => `${error.code}: ${error.message}`,
        ),
      );
      expect(said).toMatch(/^csp-blocked: .*'wasm-unsafe-eval'.*script-src/);
    } finally {
      await other.close();
      strict.server.close();
    }
  });

  test('nothing was requested after loading, and nothing complained', () => {
    expect(requests.filter((url) => !url.startsWith('blob:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
