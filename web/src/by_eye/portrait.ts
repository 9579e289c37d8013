import type { Point } from 'visavis';

/** The geometry of a portrait to be compared with another: both eyes of both people lie at the same two places. */

/** Where the photo's left and right eye come to lie, in shares of the portrait's width and height. */
const LEFT_EYE = { x: 0.37, y: 0.44 } as const;
const RIGHT_EYE = { x: 0.63, y: 0.44 } as const;

/** The portrait, in pixels: hair, ears and chin are on it. */
export const PORTRAIT = { width: 720, height: 900 } as const;

export interface Eyes {
  /** Left and right as seen in the picture, in its pixels. */
  readonly left: Point;
  readonly right: Point;
}

/** From a picture to the portrait: x to a x + c y + e, y to b x + d y + f, as canvases take it. */
export type Placing = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Turns and scales a picture, without bending it, so that its eyes come to lie where the portrait has them. */
export function placing({ left, right }: Eyes): Placing {
  const { width, height } = PORTRAIT;
  const [dx, dy] = [right.x - left.x, right.y - left.y];
  const square = dx * dx + dy * dy;
  if (!(square > 0)) throw new RangeError('The two eyes are at one place.');
  const wanted = (RIGHT_EYE.x - LEFT_EYE.x) * width;
  // The similarity that takes (dx, dy) to (wanted, 0).
  const [cos, sin] = [(wanted * dx) / square, (-wanted * dy) / square];
  const e = LEFT_EYE.x * width - (cos * left.x - sin * left.y);
  const f = LEFT_EYE.y * height - (sin * left.x + cos * left.y);
  return [cos, sin, -sin, cos, e, f];
}

/** The point of the picture that lies at a point of the portrait. */
export function pictureOf([a, b, c, d, e, f]: Placing, { x, y }: Point): Point {
  const determinant = a * d - b * c;
  const [u, v] = [x - e, y - f];
  return { x: (d * u - c * v) / determinant, y: (a * v - b * u) / determinant };
}

/** Of the iBUG 300-W scheme: the six points round each eye. */
const EYE_POINTS = { left: [36, 42], right: [42, 48] } as const;

/** The eyes' centres among 68 landmarks. */
export function eyesOf(landmarks: readonly Point[]): Eyes {
  return { left: centre(landmarks, EYE_POINTS.left), right: centre(landmarks, EYE_POINTS.right) };
}

function centre(points: readonly Point[], [first, end]: readonly [number, number]): Point {
  const some = points.slice(first, end);
  const mean = (of: (point: Point) => number) =>
    some.reduce((sum, point) => sum + of(point), 0) / some.length;
  return { x: mean((point) => point.x), y: mean((point) => point.y) };
}

/** Farther from where they were found before, in distances of the eyes, they are somebody else's. */
const MOST_SHIFT = 0.3;

/**
 * Finer eyes of the picture: `landmarks` are those found on its portrait, placed by coarser eyes. Where they belong to
 * another face, or none were found, the coarser ones stay.
 */
export function refinedEyes(coarse: Eyes, landmarks: readonly Point[] | null): Eyes {
  if (landmarks === null) return coarse;
  const place = placing(coarse);
  const found = eyesOf(landmarks);
  const fine = { left: pictureOf(place, found.left), right: pictureOf(place, found.right) };
  const most = MOST_SHIFT * distance(coarse.left, coarse.right);
  const isSame =
    distance(fine.left, coarse.left) <= most && distance(fine.right, coarse.right) <= most;
  return isSame ? fine : coarse;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
