import { readFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { ClassifierEngine } from '../../wasm/dist/worker/classifier_engine.js';
import { Classifier, type ClassifierOptions, Visavis } from '../../wasm/dist/node/index.js';
import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import { bars, cross, drawn, ring } from './drawings.js';
import { loadModule, modelFiles } from './module.js';
import { findPhotos, sharp } from './photos.js';

const photos = await findPhotos();
const refused = (code: string, message = '') =>
  expect.objectContaining({
    name: 'VisavisError',
    code,
    message: expect.stringContaining(message),
  });
/** The same sign by another hand. */
const again = (shape: typeof ring) => drawn(shape, { shift: [3, -2], scale: 0.95, pen: 5 });

describe('characters', () => {
  let classifier: Classifier;
  const progress: number[] = [];
  beforeAll(async () => {
    classifier = await Classifier.load({
      subject: 'characters',
      rejectionDistance: null,
      onProgress: ({ loadedBytes }) => progress.push(loadedBytes),
    });
  });
  afterAll(() => classifier.dispose());
  beforeEach(async () => {
    for (const { name } of classifier.classes) await classifier.removeClass(name);
    await classifier.addExample('ring', drawn(ring));
    await classifier.addExample('cross', drawn(cross));
  });

  test('a few drawings are told apart by one example of each', async () => {
    await classifier.addExample('bars', drawn(bars));
    for (const [name, shape] of [
      ['ring', ring],
      ['cross', cross],
      ['bars', bars],
    ] as const) {
      const { ranking, distance, isNoneOfThese } = await classifier.classify(again(shape));
      expect(ranking[0]!.name).toBe(name);
      expect(ranking.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
      expect(distance).toBe(ranking[0]!.distance);
      expect(isNoneOfThese).toBe(false);
    }
  });

  test('only what the subject needs is loaded: WebAssembly and one network', () => {
    expect(progress.at(-1)).toBeLessThan(3e6);
  });

  test('an image embedded once serves as query and as example', async () => {
    const image = await classifier.embed(again(ring));
    expect([image.crop.width, image.crop.data.length]).toEqual([
      image.crop.height,
      image.crop.width ** 2 * 4,
    ]);
    expect(Math.hypot(...image.embedding)).toBeCloseTo(1, 4);
    expect(image.face).toBeUndefined();
    const before = await classifier.classify(image);
    expect(before).toEqual(await classifier.classify(again(ring)));
    await classifier.addExample('ring', image);
    expect(classifier.classes).toEqual([
      { name: 'ring', examples: 2 },
      { name: 'cross', examples: 1 },
    ]);
    expect((await classifier.classify(image)).distance).toBeLessThan(before.distance);
    await classifier.removeExample('ring', 1);
    expect(await classifier.classify(image)).toEqual(before);
    await classifier.removeExample('ring', 0);
    expect(classifier.classes).toEqual([{ name: 'cross', examples: 1 }]);
  });

  test('a photo of ink on paper is told as the drawing is, its ink found', async () => {
    const paper = (x: number, _y: number, ink: number) => (150 + x / 8) * (1 - 0.7 * ink);
    const photo = drawn(cross, { size: 700, at: [250, 200], scale: 3, pen: 2, paper });
    const { ranking } = await classifier.classify(photo, { findInk: true });
    expect(ranking[0]!.name).toBe('cross');
    const blank = drawn(ring, { paper: () => 240 });
    await expect(classifier.classify(blank, { findInk: true })).rejects.toEqual(
      refused('unreadable-image', 'No strokes'),
    );
  });

  test('calls are carried out in their order, however many are made at once', async () => {
    const calls = [
      classifier.addExample('a', drawn(bars)),
      classifier.addExample('a', drawn(ring)),
      classifier.removeExample('a', 0),
      classifier.addExample('b', drawn(cross)),
      classifier.removeClass('a'),
    ];
    await Promise.all(calls);
    expect(classifier.classes.map(({ name }) => name)).toEqual(['ring', 'cross', 'b']);
  });

  test('what is cancelled rejects at once and is not added', async () => {
    for (const wait of [0, 1, 3, 10]) {
      const abort = new AbortController();
      const adding = classifier.addExample('late', drawn(bars), { signal: abort.signal });
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      abort.abort();
      const outcome = await adding.then(
        () => 'added',
        (error: unknown) => error,
      );
      if (outcome === 'added')
        await classifier.removeClass('late'); // It was faster than the abort.
      else expect(outcome).toEqual(refused('cancelled'));
      await classifier.exportSupport(); // Behind whatever is still under way.
      expect(classifier.classes.map(({ name }) => name)).toEqual(['ring', 'cross']);
    }
  });

  test('the support set comes back from its bytes, into another classifier too', async () => {
    await classifier.addExample('ring', again(ring));
    const bytes = await classifier.exportSupport();
    const expected = await classifier.classify(again(cross));
    using other = await Classifier.load({ subject: 'characters', rejectionDistance: null });
    await other.addExample('gone', drawn(bars));
    await other.importSupport(bytes);
    expect(other.classes).toEqual([
      { name: 'ring', examples: 2 },
      { name: 'cross', examples: 1 },
    ]);
    expect(await other.classify(again(cross))).toEqual(expected);
    await expect(other.importSupport(bytes.subarray(1))).rejects.toEqual(
      refused('invalid-argument', 'not a support set'),
    );
    const foreign = await readFile(new URL('../data/support-v1.support', import.meta.url));
    await expect(other.importSupport(foreign)).rejects.toEqual(refused('model-mismatch'));
    expect(other.classes.length).toBe(2);
  });

  test('what no class looks like is none of these; one class can only be asked so', async () => {
    const { distance } = await classifier.classify(again(ring));
    const load = (rejectionDistance: number) =>
      Classifier.load({ subject: 'characters', rejectionDistance });
    using strict = await load(distance * 0.99);
    using lenient = await load(distance * 1.01);
    for (const [one, isNoneOfThese] of [
      [strict, true],
      [lenient, false],
    ] as const) {
      await one.addExample('ring', drawn(ring));
      expect(await one.classify(again(ring))).toMatchObject({
        isNoneOfThese,
        ranking: [{ name: 'ring', probability: 1 }],
      });
    }
    await classifier.removeClass('cross');
    await expect(classifier.classify(again(ring))).rejects.toEqual(
      refused('invalid-argument', 'the only class'),
    );
  });

  test('bad input is refused', async () => {
    for (const name of ['', '  ', 'a\0b', 'x'.repeat(201), 7 as never]) {
      await expect(classifier.addExample(name, drawn(ring))).rejects.toEqual(
        refused('invalid-argument', 'name'),
      );
    }
    await expect(classifier.addExample('a', new Uint8Array(9))).rejects.toEqual(
      refused('unreadable-image', 'no image'),
    );
    await expect(classifier.addExample('a', null as never)).rejects.toEqual(
      refused('invalid-argument'),
    );
    const foreign = { ...(await classifier.embed(drawn(ring))), model: 'another' };
    await expect(classifier.addExample('a', foreign)).rejects.toEqual(
      refused('model-mismatch', 'another'),
    );
    await expect(classifier.removeClass('nobody')).rejects.toEqual(
      refused('invalid-argument', 'nobody'),
    );
    expect(classifier.classes.map(({ name }) => name)).toEqual(['ring', 'cross']);
  });
});

describe('loading', () => {
  const attempt = (options: unknown) => Classifier.load(options as ClassifierOptions);

  test('refuses options that are none', async () => {
    await expect(attempt({ subject: 'cars' })).rejects.toEqual(
      refused('invalid-argument', "'faces' or 'characters'"),
    );
    for (const wrong of [
      { method: 'guess' },
      { similarity: 'manhattan' },
      { scale: 0 },
      { rejectionDistance: 3 },
    ]) {
      await expect(attempt({ subject: 'characters', ...wrong })).rejects.toEqual(
        refused('invalid-argument'),
      );
    }
    const both = attempt({ subject: 'characters', fmr: 0.1, rejectionDistance: 1 });
    await expect(both).rejects.toEqual(refused('invalid-argument', 'not both'));
    await expect(attempt({ subject: 'characters', fmr: 1e-12 })).rejects.toEqual(
      refused('invalid-argument'),
    );
    await expect(attempt({ subject: 'characters', signal: AbortSignal.abort() })).rejects.toEqual(
      refused('cancelled'),
    );
  });

  test('of a face’s network for characters says so', async () => {
    const embedder = await readFile(
      new URL('../../wasm/dist/models/embedder.visavis', import.meta.url),
    );
    await expect(
      attempt({ subject: 'characters', models: { characters: embedder } }),
    ).rejects.toEqual(refused('model-mismatch', 'whole images'));
  });

  test('ended by dispose, rejects what is pending and what comes', async () => {
    const classifier = await Classifier.load({ subject: 'characters' });
    const pending = classifier.embed(drawn(ring));
    await Promise.resolve();
    classifier.dispose();
    await expect(pending).rejects.toEqual(refused('disposed'));
    await expect(classifier.exportSupport()).rejects.toEqual(refused('disposed'));
  });
});

describe('in this thread', () => {
  let engine: ClassifierEngine | undefined;
  afterEach(() => engine?.dispose());

  test('the live-handle count returns to zero, also after what was refused', async () => {
    const module = await loadModule();
    const bytes = new Uint8Array(
      await readFile(new URL('../../wasm/dist/models/characters.visavis', import.meta.url)),
    );
    const create = (changed: Uint8Array) =>
      ClassifierEngine.create(module, 'characters', {
        characters: { bytes: changed, source: 'c' },
      });
    expect(() => create(bytes.subarray(0, 999))).toThrow(refused('model-truncated', 'c'));
    expect(module._visavis_live_handles()).toBe(0);
    engine = create(bytes);
    const plain = { face: 0, findInk: false };
    const { embedding } = await engine.read(rowsOfPixels(drawn(ring)), plain);
    engine.addExample('ring', embedding);
    await expect(
      engine.read(rowsOfPixels(drawn(ring, { paper: () => 255 })), { face: 0, findInk: true }),
    ).rejects.toThrow();
    expect(() => engine!.addExample('ring', new Float32Array(3))).toThrow(
      refused('invalid-argument'),
    );
    expect(engine.liveHandles).toBe(2);
    engine.dispose();
    engine = undefined;
    expect(module._visavis_live_handles()).toBe(0);
  });

  test('faces hold the verifier and the support set', async () => {
    const faces = ClassifierEngine.create(await loadModule(), 'faces', await modelFiles());
    expect(faces.liveHandles).toBe(1);
    faces.dispose();
    expect(faces.liveHandles).toBe(0);
  });
});

describe('faces', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await Classifier.load({ subject: 'faces' });
  });
  afterAll(() => classifier.dispose());

  test('people are recognised, strangers are none of these', async () => {
    await classifier.addExample('Anna', photos.reference);
    // One person known: only a rejection makes sense of that.
    expect(await classifier.classify(photos.same)).toMatchObject({
      isNoneOfThese: false,
      ranking: [{ name: 'Anna' }],
    });
    expect(await classifier.classify(photos.other)).toMatchObject({ isNoneOfThese: true });
    await classifier.addExample('Bella', photos.other);
    const { ranking } = await classifier.classify(photos.same);
    expect(ranking[0]).toMatchObject({ name: 'Anna' });
    expect(ranking[0]!.probability).toBeGreaterThan(0.9);
    const grey = await sharp({
      create: { width: 300, height: 300, channels: 3, background: 'grey' },
    })
      .png()
      .toBuffer();
    await expect(classifier.addExample('Bella', grey)).rejects.toEqual(refused('no-face'));
    expect(classifier.classes).toEqual([
      { name: 'Anna', examples: 1 },
      { name: 'Bella', examples: 1 },
    ]);
  });

  test('distance, threshold and templates are the verifier’s', async () => {
    using visavis = await Visavis.load();
    expect(classifier.model).toBe(visavis.model);
    expect(classifier.rejectionDistance).toBe(visavis.calibration.threshold);
    const [reference, same] = [
      await visavis.enrol(photos.reference),
      await visavis.enrol(photos.same),
    ];
    for (const { name } of classifier.classes) await classifier.removeClass(name);
    await classifier.addExample('Anna', reference);
    const { distance } = await classifier.classify(same);
    // The same embeddings, a sum of squares in another order.
    expect(distance).toBeCloseTo((await visavis.verify(reference, same)).distance, 5);
    const image = await classifier.embed(photos.same);
    expect(image.embedding).toEqual(same.embedding);
    expect(image.faces).toEqual(same.faces);
  });
});
