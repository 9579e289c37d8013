import { describe, expect, test } from 'vitest';

import { findInk } from '../../wasm/dist/ink.js';
import { rowsOfPixels } from '../../wasm/dist/rows.js';
import type { Pixels } from '../../wasm/dist/index.js';
import { cross, drawn, type DrawingOptions, ring } from './drawings.js';

/** Shares of ink, 0..1. */
function inkOf({ data }: Pixels): number[] {
  return Array.from({ length: data.length / 4 }, (_, i) => 1 - data[i * 4]! / 255);
}

/** Overlap of two pictures' ink over their union. */
function likeness(a: Pixels, b: Pixels): number {
  const [p, q] = [inkOf(a), inkOf(b)];
  const sum = (of: (x: number, y: number) => number) => p.reduce((all, x, i) => all + of(x, q[i]!), 0);
  return sum(Math.min) / sum(Math.max);
}

const found = (options: DrawingOptions, shape = ring) => findInk(rowsOfPixels(drawn(shape, options)));
const reference = drawn(ring);

describe('a drawing on paper comes to the form of Omniglot’s', () => {
  test('one that has it already stays what it is', () => {
    // Its edges are drawn anew, half a pixel softer.
    expect(likeness(found({}), reference)).toBeGreaterThan(0.85);
    expect(likeness(found({}, cross), drawn(cross))).toBeGreaterThan(0.85);
    expect(likeness(found({}), drawn(cross))).toBeLessThan(0.4);
  });

  test('one that is small in a corner is moved to the middle and grows to the least of Omniglot’s', () => {
    const ofRadius = (radius: number): typeof ring => (x, y) => Math.abs(Math.hypot(x - 52.5, y - 52.5) - radius);
    const small = found({ size: 900, at: [360, 30], scale: 5 });
    // Its box, 363 of 900 pixels, becomes 48 of 105; the pen, 3 pixels of that, is thickened afterwards.
    expect(likeness(small, drawn(ofRadius(22.5)))).toBeGreaterThan(0.8);
    expect(likeness(small, reference)).toBeLessThan(0.1);
  });

  test.each<[string, DrawingOptions]>([
    ['white on black', { paper: (_x, _y, ink) => 255 * ink }],
    ['grey pencil on yellowed paper', { paper: (_x, _y, ink) => 215 - 90 * ink }],
    ['a lamp on one side', { size: 420, scale: 4, paper: (x, _y, ink) => (90 + x / 3) * (1 - 0.8 * ink) }],
    ['a noisy camera', { size: 420, scale: 4, paper: (x, y, ink) => 200 - 150 * ink + ((x * 7919 + y * 104729) % 23) }],
  ])('%s', (_, options) => {
    const picture = found(options);
    expect([picture.width, picture.height]).toEqual([105, 105]);
    expect(likeness(picture, reference)).toBeGreaterThan(0.75);
  });

  test('a thin pen becomes Omniglot’s', () => {
    const area = (picture: Pixels) => inkOf(picture).reduce((sum, ink) => sum + ink, 0);
    const [thin, normal] = [area(found({ size: 420, scale: 4, pen: 1.2 })), area(reference)];
    expect(thin / normal).toBeGreaterThan(0.75);
    expect(thin / normal).toBeLessThan(1.25);
  });

  test('specks do not move it', () => {
    const speck: DrawingOptions['paper'] = (x, y, ink) => (x < 3 && y < 3 ? 0 : 255 * (1 - ink));
    expect(likeness(found({ paper: speck }), found({}))).toBeGreaterThan(0.99);
  });
});

test('paper without ink is refused', () => {
  const noise: DrawingOptions['paper'] = (x, y) => 230 + ((x * 31 + y * 17) % 9);
  for (const paper of [() => 255, () => 0, noise]) {
    expect(() => found({ paper })).toThrow(expect.objectContaining({ code: 'unreadable-image', message: expect.stringMatching(/No strokes/) }));
  }
  const pixel = rowsOfPixels({ width: 1, height: 1, data: new Uint8Array(4).fill(9) });
  expect(() => findInk(pixel)).toThrow(expect.objectContaining({ code: 'unreadable-image' }));
});

test('transparency is paper', () => {
  const clear = drawn(ring);
  for (let i = 0; i < clear.data.length; i += 4) {
    clear.data[i + 3] = 255 - clear.data[i]!;
    clear.data.fill(0, i, i + 3);
  }
  expect(likeness(findInk(rowsOfPixels(clear)), reference)).toBeGreaterThan(0.85);
});
