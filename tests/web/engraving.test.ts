import { expect, test } from 'vitest';

import { engrave, PASSPORT_POSE, relief, SELFIE_POSE } from '../../web/src/shared/engraving.js';

test('a bust stands up from an empty page', () => {
  expect(relief(0.02, 0.05, PASSPORT_POSE)).toBe(0);
  expect(relief(0.5, 0.5, PASSPORT_POSE)).toBeGreaterThan(0.5);
});

test('the passport’s bust is symmetric, the selfie’s is turned', () => {
  const lopsided = (pose: typeof PASSPORT_POSE) =>
    Math.abs(relief(0.4, 0.55, pose) - relief(0.6, 0.55, pose));
  expect(lopsided(PASSPORT_POSE)).toBeLessThan(1e-12);
  expect(lopsided(SELFIE_POSE)).toBeGreaterThan(0.01);
});

test('the drawing is finite, closed, and light enough to be drawn at every start', () => {
  const path = engrave(SELFIE_POSE, 400, 500);
  expect(path).toMatch(/^M[\d.]+ .*Z$/);
  expect(path).not.toMatch(/NaN|Infinity/);
  expect(path.length).toBeLessThan(250_000);
});
