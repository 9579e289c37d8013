import type { Visavis } from 'visavis';
import type { OperatingPoint, Strictness } from './state';

/** What is chosen until the user chooses: at most this share of different people pass, as at border control. */
const DEFAULT_FMR = 1e-3;

/** Two thresholds this near decide alike. */
const SAME_THRESHOLD = 1e-4;

/**
 * What the user may choose from, the laxest first: the operating points that the model's calibration
 * tells. Where they do not hold the threshold shipped, it stands first as a choice of its own.
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
    name: 'as shipped',
    fmr: fmr.value,
    fnmr: fnmr.value,
  } as const;
  return [{ ...own, threshold: shipped, isShipped: true }, ...offered];
}

export function defaultStrictness(points: readonly OperatingPoint[]): Strictness {
  const told = points.find((point) => point.strictness === DEFAULT_FMR && point.threshold !== null);
  return (told ?? points.find((point) => point.isShipped))?.strictness ?? 'shipped';
}
