import { expect, test } from 'vitest';

import { portraitCrop, showsAll } from '../../web/src/compare/portrait_crop.js';

const RATIO = 4 / 5;
const PAGE = { width: 1500, height: 1050 };

test('faces of all photos come out equally large', () => {
  for (const side of [80, 200]) {
    const crop = portraitCrop({ left: 300, top: 400, width: side, height: side }, PAGE, RATIO);
    expect(side / crop.width).toBeCloseTo(1 / 2.4, 6);
    expect(crop.width / crop.height).toBeCloseTo(RATIO, 6);
    // The face in the middle.
    expect(crop.left + crop.width / 2).toBeCloseTo(300 + side / 2, 6);
    expect(showsAll(crop, PAGE)).toBe(false);
  }
});

test('near an edge the part stays within the photo', () => {
  const corner = portraitCrop({ left: 0, top: 0, width: 100, height: 100 }, PAGE, RATIO);
  expect([corner.left, corner.top]).toEqual([0, 0]);
  const other = portraitCrop({ left: 1400, top: 950, width: 100, height: 100 }, PAGE, RATIO);
  expect(other.left + other.width).toBeCloseTo(PAGE.width, 6);
  expect(other.top + other.height).toBeCloseTo(PAGE.height, 6);
});

test('of a photo that is all face there is the whole, in the middle', () => {
  const photo = { width: 400, height: 400 };
  const crop = portraitCrop({ left: 50, top: 50, width: 300, height: 300 }, photo, RATIO);
  expect(crop).toEqual({ left: 0, top: -50, width: 400, height: 500 });
  expect(showsAll(crop, photo)).toBe(true);
});
