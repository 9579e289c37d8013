import type { Pixels } from '../../wasm/dist/index.js';

/** Distance from a point to the ink, in pixels of a square of 105: black within half the pen. */
export type Shape = (x: number, y: number) => number;

export const ring: Shape = (x, y) => Math.abs(Math.hypot(x - 52.5, y - 52.5) - 34);
export const cross: Shape = (x, y) =>
  Math.min(segment(x, y, [20, 20], [85, 85]), segment(x, y, [85, 20], [20, 85]));
export const bars: Shape = (x, y) =>
  Math.min(...[22, 42, 62, 82].map((at) => segment(x, y, [18, at], [86, at])));

type Place = readonly [number, number];

function segment(x: number, y: number, [ax, ay]: Place, [bx, by]: Place): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Grey levels of a place that is ink to this share, 0..1. */
export type Paper = (x: number, y: number, ink: number) => number;
const BLACK_ON_WHITE: Paper = (_x, _y, ink) => 255 * (1 - ink);

export interface DrawingOptions {
  /** Of the picture, in which the drawing's square lies with its upper left corner at `at`. */
  readonly size?: number;
  readonly at?: Place;
  /** Pixels of the picture to one of the square. */
  readonly scale?: number;
  /** Shaken by so much, as another hand would. */
  readonly shift?: Place;
  readonly pen?: number;
  readonly paper?: Paper;
}

export function drawn(shape: Shape, options: DrawingOptions = {}): Pixels {
  const {
    size = 105,
    at = [0, 0],
    scale = 1,
    shift = [0, 0],
    pen = 4.6,
    paper = BLACK_ON_WHITE,
  } = options;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5 - at[0]) / scale - shift[0], (y + 0.5 - at[1]) / scale - shift[1]];
      const ink = Math.min(1, Math.max(0, (pen / 2 - shape(u, v)) * scale + 0.5));
      data.fill(paper(x, y, ink), (y * size + x) * 4, (y * size + x) * 4 + 3);
    }
  }
  return { width: size, height: size, data };
}
