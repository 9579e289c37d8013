import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FaceTemplate, Visavis, type Progress } from '../../wasm/dist/node/index.js';
import { findPhotos, pixelsOf, root, sharp } from './photos.js';
import { embeddingLength } from './embedding_length.js';

const photos = await findPhotos();
const refused = (code: string, message = '') =>
  expect.objectContaining({
    name: 'VisavisError',
    code,
    message: expect.stringContaining(message),
  });

let visavis: Visavis;
const progress: Progress[] = [];
beforeAll(async () => {
  visavis = await Visavis.load({ onProgress: (event) => progress.push(event) });
});
afterAll(() => visavis.dispose());

test('loading tells how far it is, up to all bytes', () => {
  expect(progress.length).toBeGreaterThan(10);
  for (const [i, event] of progress.slice(1).entries()) {
    expect(event.loadedBytes).toBeGreaterThanOrEqual(progress[i]!.loadedBytes);
    expect(event.totalBytes).toBe(progress[0]!.totalBytes);
  }
  expect(progress.at(-1)!.loadedBytes).toBe(progress[0]!.totalBytes);
});

test('the embedder is identified by the SHA-256 of its file', async () => {
  const file = await readFile(join(root, 'wasm/dist/models/embedder.visavis'));
  expect(visavis.modelSha256).toBe(createHash('sha256').update(file).digest('hex'));
});

describe('two photos', () => {
  const { reference, same, other } = photos;

  test('of one person match, of two people do not', async () => {
    const [passport, selfie, stranger] = await Promise.all([
      visavis.enrol(reference),
      visavis.enrol(same),
      visavis.enrol(other),
    ]);
    const genuine = await visavis.verify(passport, selfie);
    const impostor = await visavis.verify(passport, stranger);
    expect(genuine.isMatch).toBe(true);
    expect(impostor.isMatch).toBe(false);
    expect(genuine.distance).toBeLessThan(genuine.threshold);
    expect(impostor.distance).toBeGreaterThan(genuine.distance);
    expect(impostor.fmr.value).toBeGreaterThan(genuine.fmr.value);
    expect(genuine.odds).toMatch(/1 in \d/);
    expect(genuine.threshold).toBe(visavis.calibration.threshold);
    const strict = await visavis.verify(passport, selfie, { fmr: 0.01 });
    expect(strict.threshold).toBe(await visavis.thresholdAtFmr(0.01));
    expect(await visavis.verify(passport, selfie, { threshold: 1e-3 })).toMatchObject({
      isMatch: false,
    });
  });

  test('are the same photo in whatever way they are given', async () => {
    const png = join(await mkdtemp(join(tmpdir(), 'visavis-')), 'photo.png');
    await sharp(reference).png().toFile(png);
    const bytes = await readFile(png);
    const pixels = await pixelsOf(png);
    const first = await visavis.enrol(png);
    const forms = [
      pathToFileURL(png),
      bytes,
      new Uint8Array(bytes).buffer,
      new Blob([new Uint8Array(bytes)]),
      pixels,
    ];
    for (const form of forms)
      expect((await visavis.enrol(form)).embedding).toEqual(first.embedding);
    expect(pixels.data.length).toBe(pixels.width * pixels.height * 4); // Still the caller's.
  });

  test('taken sideways are turned as EXIF says', async () => {
    const sideways = await sharp(reference)
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer();
    const [upright, turned] = [await visavis.enrol(reference), await visavis.enrol(sideways)];
    expect([turned.width, turned.height]).toEqual([upright.width, upright.height]);
    expect((await visavis.verify(upright, turned)).distance).toBeLessThan(0.3);
  });

  test('with a face chosen by place or as found give the same template', async () => {
    const { faces, width, height, milliseconds } = await visavis.detect(reference);
    expect(faces.length).toBeGreaterThan(0);
    expect(width * height).toBeGreaterThan(0);
    expect(milliseconds).toBeGreaterThan(0);
    const byPlace = await visavis.enrol(reference, { face: 0 });
    const byFace = await visavis.enrol(reference, { face: faces[0]! });
    expect(byFace.embedding).toEqual(byPlace.embedding);
    expect(byFace.faces).toEqual([faces[0]]);
  });

  test('are compared later from the bytes kept', async () => {
    const passport = await visavis.enrol(reference);
    const kept = FaceTemplate.fromBytes(passport.toBytes());
    const selfie = await visavis.enrol(same);
    expect(await visavis.verify(kept, selfie)).toEqual(await visavis.verify(passport, selfie));
    const foreign = new FaceTemplate('another-model', kept.embedding);
    await expect(visavis.verify(foreign, selfie)).rejects.toEqual(refused('model-mismatch'));
  });

  test('cancelled reject at once, and those behind them are served', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const cancelledOnes = Array.from({ length: 5 }, () => visavis.enrol(reference, { signal }));
    const kept = visavis.enrol(same);
    abort.abort();
    for (const one of cancelledOnes) await expect(one).rejects.toEqual(refused('cancelled'));
    expect((await kept).embedding.length).toBeGreaterThan(0);
    await expect(visavis.detect(same, { signal })).rejects.toEqual(refused('cancelled'));
  });
});

describe('bad input', () => {
  const png = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();

  test('of each kind is refused with its own message', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-'));
    const text = join(folder, 'photo.jpg');
    await writeFile(text, 'I am a letter, named as a photo');
    const whole = await png(300, 300);
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    const damaged = Buffer.from(whole);
    damaged.fill(0x55, damaged.indexOf('IDAT') + 8, damaged.indexOf('IDAT') + 40);
    const empty = join(folder, 'empty.png');
    await writeFile(empty, '');
    const cases: [photo: unknown, code: string, message: string][] = [
      [folder, 'io', 'it is a folder'],
      [join(folder, 'absent.jpg'), 'io', 'absent.jpg'],
      [text, 'unreadable-image', 'no image'],
      [empty, 'unreadable-image', 'empty'],
      [new Uint8Array(), 'unreadable-image', 'empty'],
      [whole.subarray(0, whole.length >> 1), 'unreadable-image', 'ends early'],
      [damaged, 'unreadable-image', 'PNG'],
      [huge, 'image-too-large', '20000 x 20000'],
      [new Uint8Array(100 * 1024 * 1024), 'image-too-large', '100 MB'],
      [await png(1, 1), 'image-too-small', ''],
      [whole, 'no-face', 'No face'],
      [join(root, 'tests/data/drawn.heic'), 'no-face', 'No face'],
      [await sharp(whole).ensureAlpha(0).png().toBuffer(), 'unreadable-image', 'transparent'],
      [await sharp(whole).gif().toBuffer(), 'unreadable-image', 'a GIF image'],
      [{ width: 0, height: 0, data: new Uint8Array() }, 'invalid-argument', '0 x 0'],
      [{ width: 9, height: 9, data: new Uint8Array(9) }, 'invalid-argument', '9 bytes'],
      [42, 'invalid-argument', 'The photo is none'],
      [null, 'invalid-argument', 'The photo is none'],
    ];
    for (const [photo, code, message] of cases) {
      await expect(visavis.enrol(photo as never), message).rejects.toEqual(refused(code, message));
    }
  });

  test('to verify and rates is refused', async () => {
    const template = new FaceTemplate(
      visavis.model,
      new Float32Array(embeddingLength).fill(embeddingLength ** -0.5),
    );
    const both = visavis.verify(template, template, { fmr: 0.01, threshold: 1 });
    await expect(both).rejects.toEqual(refused('invalid-argument', 'not both'));
    await expect(visavis.verify(template, template, { threshold: 7 })).rejects.toEqual(
      refused('invalid-argument'),
    );
    await expect(visavis.rates(-1)).rejects.toEqual(refused('invalid-argument'));
    await expect(visavis.thresholdAtFmr(1e-12)).rejects.toEqual(refused('invalid-argument'));
  });
});

describe('loading', () => {
  test('of a model that is none, or absent, says which', async () => {
    const html = new TextEncoder().encode('<!doctype html><title>Not found</title>');
    await expect(Visavis.load({ models: { embedder: html } })).rejects.toEqual(
      refused('model-foreign', 'embedder'),
    );
    await expect(Visavis.load({ models: { landmarks: '/nowhere/l.visavis' } })).rejects.toEqual(
      refused('io', '/nowhere/l.visavis'),
    );
  });

  test('can be cancelled', async () => {
    await expect(Visavis.load({ signal: AbortSignal.abort() })).rejects.toEqual(
      refused('cancelled'),
    );
    const abort = new AbortController();
    const loading = Visavis.load({ signal: abort.signal, onProgress: () => abort.abort() });
    await expect(loading).rejects.toEqual(refused('cancelled'));
  });

  test('takes the bytes of a model, and leaves them to the caller', async () => {
    const bytes = await readFile(
      new URL('../../wasm/dist/models/embedder.visavis', import.meta.url),
    );
    const length = bytes.length;
    using other = await Visavis.load({ models: { embedder: bytes } });
    expect(bytes.length).toBe(length);
    expect(other.model).toBe(visavis.model);
  });

  test('ended by dispose, rejects what is pending and what comes', async () => {
    const other = await Visavis.load();
    const pending = other.detect({ width: 500, height: 500, data: new Uint8Array(1e6) });
    await Promise.resolve();
    other.dispose();
    await expect(pending).rejects.toEqual(refused('disposed'));
    await expect(other.rates(1)).rejects.toEqual(refused('disposed'));
  });
});
