import { beforeAll, describe, expect, test } from 'vitest';

import { Engine } from '../../wasm/dist/worker/engine.js';
import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import { loadEngine, loadModule, modelFiles } from './module.js';
import { findPhotos, pixelsOf } from './photos.js';
import { embeddingLength } from './embedding_length.js';

const photos = await findPhotos();

/** A photo without anybody. */
function grey(width: number, height: number) {
  return rowsOfPixels({ width, height, data: new Uint8Array(width * height * 4).fill(128) });
}

describe('the core in this thread', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  test('a photo without a face has none, and enrolling it says so', async () => {
    expect(await engine.detect(grey(320, 240))).toEqual([]);
    await expect(engine.enrol(grey(320, 240), 0)).rejects.toThrow(
      expect.objectContaining({ code: 'no-face' }),
    );
  });

  test('errors of the core arrive with their code', async () => {
    await expect(engine.detect(grey(1, 1))).rejects.toThrow(
      expect.objectContaining({ code: 'image-too-small' }),
    );
    expect(() => engine.rates(3)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    const point = { x: NaN, y: 0 };
    const keypoints = {
      leftEye: point,
      rightEye: point,
      noseTip: point,
      mouthCentre: point,
      leftEar: point,
      rightEar: point,
    };
    const face = { box: { left: 0, top: 0, width: 9, height: 9 }, confidence: 1, keypoints };
    await expect(engine.enrol(grey(64, 64), face)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  test('calibration: rates rise and fall with the distance, thresholds keep their FMR', () => {
    const { threshold, points, impostorPairs } = engine.calibration();
    expect(threshold).toBeGreaterThan(0);
    expect(threshold).toBeLessThan(2);
    expect(points.length).toBeGreaterThan(10);
    expect(impostorPairs).toBeGreaterThan(100);
    for (const [i, point] of points.slice(1).entries()) {
      expect(point.distance).toBeGreaterThan(points[i]!.distance);
      expect(point.fmr.value).toBeGreaterThanOrEqual(points[i]!.fmr.value);
      expect(point.fnmr.value).toBeLessThanOrEqual(points[i]!.fnmr.value);
    }
    const { operatingPoints } = engine.calibration();
    expect(operatingPoints.map(({ name, fmr }) => [name, fmr])).toEqual([
      ['lenient', 1e-2],
      ['standard', 1e-3],
      ['strict', 1e-4],
    ]);
    for (const { fmr, measured } of operatingPoints) {
      // The model ships with enough pairs for all three.
      expect(measured?.distance).toBeCloseTo(engine.thresholdAtFmr(fmr), 12);
      expect(measured).toEqual({
        ...engine.rates(measured!.distance),
        odds: undefined,
        alike: undefined,
      });
    }
    const strict = engine.thresholdAtFmr(0.01);
    expect(engine.rates(strict).fmr.value).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
    expect(engine.rates(strict).odds).toMatch(/1 in \d/);
  });

  test('embeddings at a known distance give that distance and its verdict', () => {
    const unit = (i: number) =>
      Float32Array.from({ length: embeddingLength }, (_, at) => (at === i ? 1 : 0));
    const apart = engine.verify(unit(0), unit(1), undefined);
    expect(apart.distance).toBeCloseTo(Math.SQRT2, 6);
    expect(engine.verify(unit(0), unit(1), 1.5)).toMatchObject({ isMatch: true, threshold: 1.5 });
    expect(engine.verify(unit(0), unit(1), 1.4)).toMatchObject({ isMatch: false, threshold: 1.4 });
    const alike = engine.verify(unit(0), unit(0), undefined);
    expect(alike).toMatchObject({ distance: 0, isMatch: true });
    expect(alike.fmr.low).toBeLessThanOrEqual(alike.fmr.value);
    expect(alike.fmr.value).toBeLessThanOrEqual(alike.fmr.high);
    expect(() => engine.verify(unit(0), unit(1).subarray(1), undefined)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  test('distances are decided in three, and a poor photo calls for a review', () => {
    /** Two unit vectors this far apart. */
    const pair = (distance: number) => {
      const cosine = 1 - distance ** 2 / 2;
      const at = (a: number, b: number) =>
        Float32Array.from({ length: embeddingLength }, (_, i) => [a, b][i] ?? 0);
      return [at(1, 0), at(cosine, Math.sqrt(1 - cosine ** 2))] as const;
    };
    const good = { confidence: 0.95, issues: [] };
    const blurred = { confidence: 0.95, issues: ['blurred', 'cut-off'] };
    const decide = (distance: number, probe = good as typeof blurred) =>
      engine.decide(...pair(distance), 'balanced', [good, probe]);
    const { bounds } = decide(1);
    expect(bounds.match).toBeLessThan(bounds.matchIfGood);
    expect(bounds.matchIfGood).toBeLessThan(bounds.mismatch);
    expect(decide(bounds.matchIfGood - 0.01)).toMatchObject({ outcome: 'match', reasons: [] });
    expect(decide(bounds.match - 0.01, blurred).outcome).toBe('match');
    expect(decide(bounds.matchIfGood - 0.01, blurred)).toMatchObject({
      outcome: 'review',
      reasons: ['blurred-probe', 'cut-off-probe'],
    });
    expect(decide(bounds.mismatch - 0.01).reasons).toEqual(['between-bounds']);
    const far = decide(bounds.mismatch + 0.01);
    expect(far).toMatchObject({ outcome: 'mismatch', reasons: [] });
    expect(far.verdict).toEqual(engine.verify(...pair(bounds.mismatch + 0.01), undefined));
    expect(decide(bounds.mismatch + 0.01, blurred).outcome).toBe('review');
    expect(decide(1.5, { ...good, confidence: 0.1 }).reasons).toEqual(['low-confidence-probe']);
    expect(decide(0)).toMatchObject({ outcome: 'review', reasons: ['same-picture'] });
    const careful = engine.decide(...pair(1), 'careful', [good, good]).bounds;
    expect(careful.matchIfGood).toBeLessThan(bounds.matchIfGood);
  });

  test('numbers out of range are refused by the core itself, in short words', () => {
    const unit = Float32Array.from({ length: embeddingLength }, (_, at) => (at === 0 ? 1 : 0));
    const refused = (message: string) =>
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringContaining(message),
      });
    for (const [value, text] of [
      [-1, '-1'],
      [2.5, '2.5'],
      [1e308, '1e+308'],
      [Infinity, 'inf'],
    ] as const) {
      expect(() => engine.verify(unit, unit, value)).toThrow(
        refused(`threshold must be a number from 0 to 2, not ${text}`),
      );
      expect(() => engine.rates(value)).toThrow(
        refused(`A distance must be a number from 0 to 2, not ${text}`),
      );
      expect(() => engine.thresholdAtFmr(value)).toThrow(
        refused(`must be a number above 0 and at most 1, not ${text}`),
      );
    }
    expect(() => engine.rates(NaN)).toThrow(refused('not nan'));
    expect(() => engine.verify(new Float32Array(embeddingLength), unit, undefined)).toThrow(
      refused('not of length 1'),
    );
    expect(() =>
      engine.verify(
        unit,
        unit.map((value) => value * NaN),
        undefined,
      ),
    ).toThrow(refused('not of length 1'));
  });

  test('crop, quality and embedding are read whole', async () => {
    const pixels = await pixelsOf(photos.reference);
    const { face, faces, embedding, crop, quality } = await engine.enrol(rowsOfPixels(pixels), 0);
    expect(faces[0]).toEqual(face);
    expect(face.keypoints.leftEye.x).toBeLessThan(face.keypoints.rightEye.x);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
    expect([crop.width, crop.data.length]).toEqual([crop.height, crop.width * crop.height * 4]);
    expect(crop.data.filter((_, i) => i % 4 === 3)).toEqual(
      new Uint8ClampedArray(crop.width ** 2).fill(255),
    );
    expect(quality.eyeDistance).toBeGreaterThan(40);
    expect(quality.brightness).toBeGreaterThan(0);
    expect(
      quality.issues.every(({ code, message }) => /^[a-z-]+$/.test(code) && message.length > 9),
    ).toBe(true);
    await expect(engine.enrol(rowsOfPixels(pixels), 9)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  test('nothing is left alive but the verifier', () => {
    expect(engine.liveHandles).toBe(1);
    engine.dispose();
    expect(engine.liveHandles).toBe(0);
    expect(() => engine.calibration()).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

test('a refused model names its file, and leaves nothing alive', async () => {
  const module = await loadModule();
  const files = await modelFiles();
  const attempt = (bytes: Uint8Array) => () =>
    Engine.create(module, { ...files, embedder: { bytes, source: 'mine.visavis' } });
  const { bytes } = files.embedder;
  const flipped = bytes.slice();
  flipped[bytes.length >> 1]! ^= 1;
  expect(attempt(bytes.subarray(0, bytes.length >> 1))).toThrow(
    expect.objectContaining({
      code: 'model-truncated',
      message: expect.stringContaining('mine.visavis'),
    }),
  );
  expect(attempt(flipped)).toThrow(expect.objectContaining({ code: 'model-corrupt' }));
  expect(attempt(new TextEncoder().encode('<!doctype html><p>not found</p>'))).toThrow(
    expect.objectContaining({ code: 'model-foreign' }),
  );
  expect(attempt(files.landmarks.bytes)).toThrow(
    expect.objectContaining({ code: 'model-mismatch' }),
  );
  expect(module._visavis_live_handles()).toBe(0);
});

test('memory after 500 comparisons is that after 20', async () => {
  const engine = await loadEngine();
  // Two sizes in turn, so that a hole left by one is not just filled by the next.
  const pair = [await pixelsOf(photos.reference), await pixelsOf(photos.same, 800)] as const;
  const compare = async (): Promise<void> => {
    const [first, second] = pair;
    const a = await engine.enrol(rowsOfPixels(first), 0);
    const b = await engine.enrol(rowsOfPixels(second), 0);
    engine.verify(a.embedding, b.embedding, undefined);
  };
  for (let i = 0; i < 20; i++) await compare();
  const early = engine.memoryBytes;
  for (let i = 20; i < 500; i++) await compare();
  expect(engine.memoryBytes).toBe(early);
  expect(engine.liveHandles).toBe(1);
}, 600_000);
