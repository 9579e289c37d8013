import type { Visavis } from 'visavis';
import type { OperatingPoint, Strictness } from './state';

const CHOICES = [1e-2, 1e-3, 1e-4] as const;

/** Two thresholds this near decide alike. */
const SAME_THRESHOLD = 1e-4;

/**
 * What the user may choose from, the laxest first. The threshold shipped is marked; where it is none
 * of the FMRs on offer, it stands first as a choice of its own.
 */
export async function operatingPoints(
  api: Pick<Visavis, 'calibration' | 'thresholdAtFmr'>,
): Promise<OperatingPoint[]> {
  const { threshold: shipped, atThreshold } = api.calibration;
  const offered = await Promise.all(
    CHOICES.map(async (fmr): Promise<OperatingPoint> => {
      const threshold = await api.thresholdAtFmr(fmr).catch(() => null);
      const isShipped = threshold !== null && Math.abs(threshold - shipped) < SAME_THRESHOLD;
      return { strictness: fmr, fmr, threshold, isShipped };
    }),
  );
  if (offered.some((point) => point.isShipped)) return offered;
  const own = { strictness: 'shipped', fmr: atThreshold.fmr.value, threshold: shipped, isShipped: true } as const;
  return [own, ...offered];
}

export function defaultStrictness(points: readonly OperatingPoint[]): Strictness {
  return points.find((point) => point.isShipped)?.strictness ?? 'shipped';
}
