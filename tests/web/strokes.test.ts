import { describe, expect, test } from 'vitest';

import { framed, pathOf, PEN, SIDE, type Stroke } from '../../web/src/teach/strokes.js';

const square = (left: number, top: number, side: number): Stroke => [
  { x: left, y: top },
  { x: left + side, y: top },
  { x: left + side, y: top + side },
];

function boxOf(strokes: readonly Stroke[]) {
  const xs = strokes.flat().map(({ x }) => x);
  const ys = strokes.flat().map(({ y }) => y);
  const [left, right, top, bottom] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    extent: Math.max(right - left, bottom - top) + PEN,
  };
}

describe('a drawing is brought to where Omniglot’s drawings are', () => {
  test.each([
    ['of their size keeps it', 60, 64.6],
    ['that is tiny grows', 12, 48],
    ['that fills the sheet shrinks', 104, 88],
  ])('one %s', (_, side, extent) => {
    const box = boxOf(framed([square(1, 0.5, side)]));
    expect(box.extent).toBeCloseTo(extent);
    expect([box.x, box.y]).toEqual([SIDE / 2, SIDE / 2]);
  });

  test('proportions and the places of strokes to each other stay', () => {
    const [long, dot] = framed([
      [
        { x: 10, y: 20 },
        { x: 110, y: 40 },
      ],
      [{ x: 60, y: 90 }],
    ]);
    const scale = (long![1]!.x - long![0]!.x) / 100;
    expect(long![1]!.y - long![0]!.y).toBeCloseTo(20 * scale);
    expect(dot![0]!.y - long![0]!.y).toBeCloseTo(70 * scale);
  });

  test('a dot is a dot, in the middle', () => {
    expect(framed([[{ x: 3, y: 100 }]])).toEqual([[{ x: SIDE / 2, y: SIDE / 2 }]]);
  });
});

describe('the path', () => {
  test('goes through the first and the last dot, and is a curve between', () => {
    const path = pathOf(square(0, 0, 10));
    expect(path).toBe('M0.00 0.00Q10.00 0.00 10.00 5.00L10.00 10.00');
    expect(
      pathOf([
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ]),
    ).toBe('M1.00 2.00L3.00 4.00');
  });

  test('of one dot is drawn by a round pen; of none is none', () => {
    expect(pathOf([{ x: 1, y: 2 }])).toBe('M1.00 2.00h0.01');
    expect(pathOf([])).toBe('');
  });
});
