import type { Calibration, Decision } from 'visavis';

/** The arithmetic of the distance scale; scale_view.ts draws it. */

/** A hill: how often distances occur, at SAMPLES places over the scale; its top is 1. */
export type Hill = readonly number[];

export interface Hills {
  /** Distances from 0 to this are drawn. */
  readonly span: number;
  readonly samePerson: Hill;
  readonly differentPeople: Hill;
}

const SAMPLES = 120;
/** Standard deviation of the smoothing, in samples: the calibration's points are unevenly spaced. */
const BLUR = 2.5;

/** The two distributions that the calibration's cumulative rates come from. */
export function hillsOf({ points }: Pick<Calibration, 'points'>): Hills {
  const span = spanOf(points);
  const at = (rate: (point: Point) => number) => (distance: number) =>
    interpolate(points, distance, rate);
  return {
    span,
    samePerson: hill(
      span,
      at((point) => 1 - point.fnmr.value),
    ),
    differentPeople: hill(
      span,
      at((point) => point.fmr.value),
    ),
  };
}

type Point = Calibration['points'][number];

/** Up to where practically all pairs of different people lie, with a margin. */
function spanOf(points: readonly Point[]): number {
  const last = points.find((point) => point.fmr.value >= 0.999) ?? points.at(-1);
  return Math.min(2, Math.ceil((last?.distance ?? 2) * 10 + 0.5) / 10);
}

/** Linear between the points; 0 before the first, the last one's after. */
function interpolate(
  points: readonly Point[],
  distance: number,
  rate: (point: Point) => number,
): number {
  const next = points.findIndex((point) => point.distance >= distance);
  const after = points[next];
  const before = points[next - 1];
  if (next < 0) return rate(points.at(-1) ?? EMPTY);
  if (!after || !before) return 0;
  const t = (distance - before.distance) / (after.distance - before.distance);
  return rate(before) + t * (rate(after) - rate(before));
}

const NO_RATE = { value: 0, low: 0, high: 0 };
const EMPTY: Point = { distance: 0, fmr: NO_RATE, fnmr: NO_RATE, alikeFmr: null };

/** Derivative of a cumulative share, smoothed, scaled to a top of 1. */
function hill(span: number, cumulative: (distance: number) => number): Hill {
  const step = span / SAMPLES;
  const slopes = Array.from({ length: SAMPLES + 1 }, (_, i) =>
    Math.max(0, cumulative((i + 0.5) * step) - cumulative((i - 0.5) * step)),
  );
  const smoothed = slopes.map((_, i) => {
    let sum = 0;
    let weights = 0;
    slopes.forEach((slope, j) => {
      const weight = Math.exp(-(((i - j) / BLUR) ** 2) / 2);
      sum += weight * slope;
      weights += weight;
    });
    return sum / weights;
  });
  const top = Math.max(...smoothed);
  return top > 0 ? smoothed.map((value) => value / top) : smoothed;
}

/** Place on the scale, 0 to 1; distances beyond its end stand at its end. */
export function position(distance: number, span: number): number {
  return Math.min(1, Math.max(0, distance / span));
}

export function describeScale({ verdict, bounds }: Decision): string {
  const [match, mismatch] = [bounds.matchIfGood.toFixed(2), bounds.mismatch.toFixed(2)];
  return (
    `Distance ${verdict.distance.toFixed(2)}. A match is below ${match}, a mismatch from ${mismatch} on. ` +
    '0 is alike, 2 is opposite.'
  );
}
