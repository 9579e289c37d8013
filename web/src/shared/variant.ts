import type { LoadOptions } from 'visavis';

/** As the page's address asks: `?variant=baseline`, for an engine whose relaxed SIMD computes wrongly. */
export function wantedVariant(search = location.search): Pick<LoadOptions, 'variant'> {
  const wanted = new URLSearchParams(search).get('variant');
  return wanted === 'baseline' || wanted === 'relaxed' ? { variant: wanted } : {};
}
