import type { Verdict } from 'visavis';

import { capital, oneIn } from '../shared/messages';

export interface VerdictWords {
  readonly headline: string;
  readonly lead: string;
  /** A second sentence, or ''. */
  readonly aside: string;
}

/** Within this share of the threshold, another photo of the same people may well decide otherwise. */
const CLOSE = 0.04;

export function verdictWords(verdict: Verdict): VerdictWords {
  const isClose = Math.abs(verdict.distance - verdict.threshold) < CLOSE * verdict.threshold;
  const asides = isClose ? ['It is a close call: a better photo may change it.'] : [];
  if (!verdict.isMatch) asides.unshift(unlikeness(verdict));
  return {
    headline: verdict.isMatch ? 'Looks like the same person' : 'Looks like two people',
    lead: likeness(verdict),
    aside: asides.join(' '),
  };
}

function likeness({ fmr, odds, alike }: Verdict): string {
  if (fmr.value > 0.5) return 'Most pairs of different people look at least this alike.';
  const ofAny = `${capital(odds)} pairs of different people look this alike`;
  if (alike === null) return `${ofAny}.`;
  return `${ofAny}; among people of the same ${alike.groupedBy}, ${alike.odds}.`;
}

function unlikeness({ fnmr }: Verdict): string {
  if (fnmr.value > 0.5) return 'Most photos of one person differ less than these do.';
  if (fnmr.value < 1e-3) return 'Photos of one person almost never differ this much.';
  return `About ${oneIn(fnmr.value)} pairs of photos of one person differ this much.`;
}
