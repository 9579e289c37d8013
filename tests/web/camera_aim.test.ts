import { describe, expect, test } from 'vitest';

import { aimOf, outlineOf, viewOf } from '../../web/src/shared/camera_aim.js';

const WIDE = { width: 1280, height: 720 };

describe('what is taken', () => {
  test('of a selfie is all that is seen of a video that fills the finder', () => {
    expect(viewOf('selfie', WIDE, { width: 640, height: 360 })).toEqual({
      ...{ left: 0, top: 0, width: 1, height: 1 },
    });
    // Upright finder, wide video: the sides are cut off.
    const tall = viewOf('selfie', WIDE, { width: 360, height: 720 });
    expect(tall.width).toBeCloseTo(360 / 1280, 9);
    expect(tall.left).toBeCloseTo((1 - 360 / 1280) / 2, 9);
    expect(tall).toMatchObject({ top: 0, height: 1 });
    const flat = viewOf('selfie', { width: 640, height: 480 }, { width: 640, height: 240 });
    expect(flat).toEqual({ left: 0, top: 0.25, width: 1, height: 0.5 });
  });

  test('of a document is the frame with a margin, inside what is seen', () => {
    const finder = { width: 1280, height: 720 };
    const aim = aimOf('document', finder);
    const view = viewOf('document', WIDE, finder);
    const margin = 0.06 * aim.width;
    expect(view.left * 1280).toBeCloseTo(aim.left - margin, 6);
    expect(view.width * 1280).toBeCloseTo(aim.width + 2 * margin, 6);
    expect(view.top).toBeGreaterThanOrEqual(0);
    expect(view.top + view.height).toBeLessThanOrEqual(1);
    const narrow = viewOf('document', WIDE, { width: 360, height: 720 });
    expect(narrow.left).toBeCloseTo((1 - 360 / 1280) / 2, 9);
    expect(narrow.width).toBeCloseTo(360 / 1280, 9);
  });

  test('while nothing is laid out is all', () => {
    for (const [video, finder] of [
      [{ width: 0, height: 0 }, WIDE],
      [WIDE, { width: 0, height: 0 }],
    ] as const)
      expect(viewOf('selfie', video, finder)).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  });
});

test('the frame has the shape of a photo page, the oval that of a head, both inside the finder', () => {
  for (const finder of [WIDE, { width: 390, height: 700 }, { width: 740, height: 390 }]) {
    for (const [kind, ratio] of [
      ['document', 125 / 88],
      ['selfie', 4 / 5.5],
    ] as const) {
      const { left, top, width, height } = aimOf(kind, finder);
      expect(width / height).toBeCloseTo(ratio, 9);
      expect(Math.min(left, top)).toBeGreaterThan(0);
      expect(left + width).toBeLessThan(finder.width);
      expect(top + height).toBeLessThan(finder.height);
      expect(outlineOf(kind, { left, top, width, height })).toMatch(/^M[\d.]+ [\d.]+.*z$/);
    }
  }
});
