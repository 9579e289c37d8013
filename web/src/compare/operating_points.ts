import type { Visavis } from 'visavis';
import type { OperatingPoint, Strictness } from './state';

/** Two thresholds this near decide alike. */
const SAME_THRESHOLD = 1e-4;

/**
 * What the user may choose from, the laxest first: the operating points that the model's calibration
 * tells. Where they do not hold the threshold shipped, it stands among them as a choice of its own.
 */
export function operatingPoints({ calibration }: Pick<Visavis, 'calibration'>): OperatingPoint[] {
  const { threshold: shipped, atThreshold } = calibration;
  const offered = calibration.operatingPoints.map(({ name, fmr, measured }): OperatingPoint => {
    const threshold = measured?.distance ?? null;
    const isShipped = threshold !== null && Math.abs(threshold - shipped) < SAME_THRESHOLD;
    return { strictness: fmr, name, fmr, fnmr: measured?.fnmr.value ?? null, threshold, isShipped };
  });
  if (offered.some((point) => point.isShipped)) return offered;
  const { fmr, fnmr } = atThreshold;
  const own = {
    strictness: 'shipped',
    name: 'recommended',
    fmr: fmr.value,
    fnmr: fnmr.value,
  } as const;
  const all = [...offered, { ...own, threshold: shipped, isShipped: true }];
  // What is not told is stricter than all that is.
  return all.sort((a, b) => (b.threshold ?? 0) - (a.threshold ?? 0));
}

export function defaultStrictness(points: readonly OperatingPoint[]): Strictness {
  return points.find((point) => point.isShipped)?.strictness ?? 'shipped';
}
