import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Visavis } from '../../wasm/dist/node/index.js';
import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import type { Pixels, TrackedFace } from '../../wasm/dist/shared/types.js';
import { Engine } from '../../wasm/dist/worker/engine.js';
import { loadEngine } from './module.js';
import { findPhotos, sharp } from './photos.js';

const photos = await findPhotos();

/** A frame of 640 x 480 with the portrait, 300 pixels high, `left` pixels from its left edge. */
async function frameWith(portrait: string, left: number): Promise<Pixels> {
  const picture = await sharp(portrait).rotate().resize({ height: 300 }).png().toBuffer();
  const { data } = await sharp({
    create: {
      width: 640,
      height: 480,
      channels: 4,
      background: { r: 90, g: 100, b: 110, alpha: 1 },
    },
  })
    .composite([{ input: picture, left, top: 90 }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: 640, height: 480, data };
}

const left = await frameWith(photos.reference, 40);
const right = await frameWith(photos.reference, 300);
const empty: Pixels = { width: 640, height: 480, data: new Uint8Array(640 * 480 * 4).fill(128) };

/** The same pixels, each twice as wide and high. */
function doubled({ width, height, data }: Pixels): Pixels {
  const large = new Uint32Array(4 * width * height);
  const small = new Uint32Array(data.slice().buffer);
  for (let y = 0; y < 2 * height; y++)
    for (let x = 0; x < 2 * width; x++)
      large[y * 2 * width + x] = small[(y >> 1) * width + (x >> 1)]!;
  return { width: 2 * width, height: 2 * height, data: new Uint8Array(large.buffer) };
}

/** A copy that lies this much lighter or darker. */
function relit({ width, height, data }: Pixels, factor: (x: number) => number): Pixels {
  const copy = new Uint8ClampedArray(data);
  for (let at = 0; at < copy.length; at++)
    if (at % 4 !== 3) copy[at] = copy[at]! * factor((at >> 2) % width);
  return { width, height, data: copy };
}

describe('the core in this thread', () => {
  let engine: Engine;
  let face: TrackedFace;
  beforeAll(async () => {
    engine = await loadEngine();
    face = (await engine.track(rowsOfPixels(left), null)).face!;
  });

  test('a face is that of detect, with points and a quality', async () => {
    const [found] = await engine.detect(rowsOfPixels(left));
    const { box } = face;
    // detect may look again with another margin; both end in the same square round the face.
    expect(Math.abs(box.left - found!.box.left)).toBeLessThan(0.1 * box.width);
    expect(Math.abs(box.width - found!.box.width)).toBeLessThan(0.1 * box.width);
    expect(face.landmarks).toHaveLength(68);
    for (const { x, y } of face.landmarks) {
      expect(Math.abs(x - (box.left + box.width / 2))).toBeLessThan(box.width);
      expect(Math.abs(y - (box.top + box.height / 2))).toBeLessThan(box.height);
    }
    for (const value of Object.values(face.quality)) expect(value).toEqual(expect.any(Number));
    expect(Math.abs(face.quality.roll)).toBeLessThan(10);
    expect(face.quality.eyesOpen).toBeGreaterThan(0.15);
    expect(face.quality.naturalColour).toBeLessThan(15);
  });

  test('its quality has the numbers of its enrolment', async () => {
    const { quality } = await engine.enrol(rowsOfPixels(left), face);
    const names = ['eyeDistance', 'sharpness', 'brightness', 'contrast', 'yaw', 'visible'] as const;
    for (const name of names) expect(face.quality[name], name).toBeCloseTo(quality[name], 5);
  });

  test('a face that has moved on is followed, nobody is nobody', async () => {
    const moved = (await engine.track(rowsOfPixels(right), face)).face!;
    expect(moved.box.left - face.box.left).toBeGreaterThan(240);
    expect(moved.box.left - face.box.left).toBeLessThan(280);
    const nobody = await engine.track(rowsOfPixels(empty), face);
    expect(nobody).toEqual({ width: 640, height: 480, face: null, others: [] });
    expect(engine.liveHandles).toBe(1);
  });

  test('of a frame that was scaled down, all is told in its own pixels', async () => {
    const scaled = { ...rowsOfPixels(left), scaledFrom: { width: 1280, height: 960 } };
    const view = await engine.track(scaled, null);
    expect(view).toMatchObject({ width: 1280, height: 960 });
    const large = view.face!;
    expect(large.box.left).toBeCloseTo(2 * face.box.left, 4);
    expect(large.keypoints.noseTip.y).toBeCloseTo(2 * face.keypoints.noseTip.y, 4);
    expect(large.landmarks[30]!.x).toBeCloseTo(2 * face.landmarks[30]!.x, 4);
    expect(large.quality.eyeDistance).toBeCloseTo(2 * face.quality.eyeDistance, 4);
    expect(large.quality.interEyeDistance).toBeCloseTo(2 * face.quality.interEyeDistance, 4);
    expect(large.quality.marginLeft).toBeCloseTo(face.quality.marginLeft, 6);
    const again = (await engine.track(scaled, large)).face!;
    expect(again.box.left).toBeCloseTo(large.box.left, 0);
    const truly = (await engine.track(rowsOfPixels(doubled(left)), null)).face!;
    // Other halvings, other rounding: within a few pixels of a face of about 200.
    expect(Math.abs(truly.box.left - large.box.left)).toBeLessThan(10);
  });

  test('light is told as it changes', async () => {
    const middle = face.box.left + face.box.width / 2;
    const of = async (factor: (x: number) => number) =>
      (await engine.track(rowsOfPixels(relit(left, factor)), face)).face!.quality;
    const dark = await of(() => 0.4);
    const bright = await of(() => 1.8);
    const oneSided = await of((x) => (x < middle ? 1 : 0.5));
    const { quality } = face;
    expect(dark.brightness).toBeLessThan(0.5 * quality.brightness);
    expect(dark.underExposed).toBeGreaterThan(quality.underExposed);
    expect(bright.luminanceMean).toBeGreaterThan(1.5 * quality.luminanceMean);
    expect(bright.overExposed).toBeGreaterThanOrEqual(quality.overExposed);
    expect(oneSided.lightBalance).toBeLessThan(quality.lightBalance - 30);
    expect(oneSided.illuminationUniformity).toBeLessThan(quality.illuminationUniformity);
  });
});

describe('the package', () => {
  let visavis: Visavis;
  beforeAll(async () => {
    visavis = await Visavis.load();
  });
  afterAll(() => visavis.dispose());

  test('tracks from frame to frame, and takes null for nobody', async () => {
    const first = await visavis.track(empty, { previous: null });
    expect(first.face).toBeNull();
    const second = await visavis.track(left, { previous: first.face });
    const third = await visavis.track(right, { previous: second.face });
    expect(third.face!.box.left).toBeGreaterThan(second.face!.box.left + 200);
    expect(third.milliseconds).toBeGreaterThan(0);
    const enrolled = await visavis.enrol(right, { face: third.face! });
    expect(enrolled.quality.eyeDistance).toBeCloseTo(third.face!.quality.eyeDistance, 5);
  });

  test('refuses what is no face, no option, no frame', async () => {
    const refused = (message: string) =>
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringContaining(message),
      });
    await expect(visavis.track(left, { previous: 1 as never })).rejects.toEqual(
      refused('previous must be the face that track() gave of the last frame, or null, not 1'),
    );
    await expect(visavis.track(left, { previous: {} as never })).rejects.toEqual(
      refused('not an object'),
    );
    await expect(visavis.track(left, { last: null } as never)).rejects.toEqual(
      refused("track has no option 'last'"),
    );
    await expect(visavis.track(null as never)).rejects.toEqual(refused('The photo is none'));
  });

  test('a signal cancels', async () => {
    const abort = new AbortController();
    const views = [0, 1, 2].map(() => visavis.track(left, { signal: abort.signal }));
    abort.abort();
    for (const view of await Promise.allSettled(views))
      expect(view).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    expect((await visavis.track(left)).face).not.toBeNull();
  });
});
