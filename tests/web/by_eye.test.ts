import { describe, expect, test } from 'vitest';

import type { Point } from '../../wasm/dist/index.js';
import {
  type Eyes,
  eyesOf,
  pictureOf,
  type Placing,
  placing,
  PORTRAIT,
  refinedEyes,
} from '../../web/src/by_eye/portrait.js';

const LEFT = { x: 0.37 * PORTRAIT.width, y: 0.44 * PORTRAIT.height };
const RIGHT = { x: 0.63 * PORTRAIT.width, y: 0.44 * PORTRAIT.height };

/** Large and tilted; small and on its head. */
const PLACES: Eyes[] = [
  { left: { x: 900, y: 1200 }, right: { x: 1300, y: 1350 } },
  { left: { x: 130, y: 80 }, right: { x: 90, y: 83 } },
];

function apply([a, b, c, d, e, f]: Placing, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

function near(point: Point, wanted: Point): void {
  expect(point.x).toBeCloseTo(wanted.x, 6);
  expect(point.y).toBeCloseTo(wanted.y, 6);
}

/** 68 points round these eyes, as they lie on the portrait that `coarse` places. */
function landmarksAt(eyes: Eyes, coarse: Eyes): Point[] {
  const [left, right] = [eyes.left, eyes.right].map((eye) => apply(placing(coarse), eye)) as [
    Point,
    Point,
  ];
  return Array.from({ length: 68 }, (_, i) => {
    const eye = i >= 36 && i < 42 ? left : i >= 42 && i < 48 ? right : { x: 5, y: 7 };
    const angle = (i * Math.PI) / 3;
    return { x: eye.x + 20 * Math.cos(angle), y: eye.y + 9 * Math.sin(angle) };
  });
}

describe('a portrait', () => {
  test.each(PLACES)('has its eyes at the same two places: %j', (eyes) => {
    const place = placing(eyes);
    near(apply(place, eyes.left), LEFT);
    near(apply(place, eyes.right), RIGHT);
    // A similarity: nothing is bent or mirrored.
    const [a, b, c, d] = place;
    expect([c, d]).toEqual([-b, a]);
    near(pictureOf(place, apply(place, { x: 12, y: 34 })), { x: 12, y: 34 });
  });

  test('of eyes at one place is refused', () => {
    const point = { x: 1, y: 1 };
    expect(() => placing({ left: point, right: point })).toThrow(RangeError);
    expect(() => placing({ left: point, right: { x: NaN, y: 1 } })).toThrow(RangeError);
  });
});

describe('finer eyes', () => {
  const [coarse] = PLACES as [Eyes];
  const fine: Eyes = { left: { x: 920, y: 1190 }, right: { x: 1290, y: 1370 } };

  test('are the centres of the landmarks round them', () => {
    const { left, right } = eyesOf(landmarksAt(fine, coarse));
    near(left, apply(placing(coarse), fine.left));
    near(right, apply(placing(coarse), fine.right));
  });

  test('are found in the picture, through the portrait', () => {
    const { left, right } = refinedEyes(coarse, landmarksAt(fine, coarse));
    near(left, fine.left);
    near(right, fine.right);
  });

  test('of another face, or of none, leave the coarse ones', () => {
    const other: Eyes = { left: { x: 1600, y: 1200 }, right: { x: 2000, y: 1200 } };
    expect(refinedEyes(coarse, landmarksAt(other, coarse))).toBe(coarse);
    expect(refinedEyes(coarse, null)).toBe(coarse);
  });
});
