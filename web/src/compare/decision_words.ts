import type { Decision, Verdict } from 'visavis';

import { capital, oneIn } from '../shared/messages';

export interface DecisionWords {
  readonly headline: string;
  readonly lead: string;
  /** What the likeness is worth, in odds; '' where it is worth nothing. */
  readonly evidence: string;
  /** What is poor about the photos; '' where nothing is. */
  readonly cause: string;
}

type Zone = 'near' | 'between' | 'far';

/** Where the distance lies, whatever the photos are like. */
export function zoneOf({ verdict, bounds }: Decision): Zone {
  if (verdict.distance < bounds.matchIfGood) return 'near';
  return verdict.distance < bounds.mismatch ? 'between' : 'far';
}

const HEADLINES = {
  match: 'The photos match',
  review: 'Not clear: please look yourself',
  mismatch: 'The photos do not match',
} as const;

const REVIEW_LEADS: Record<Zone, string> = {
  near: 'The two faces are alike, but a photo is too poor to be sure.',
  between:
    'The faces are partly alike. One person’s photos can look like this; two people’s can too.',
  far: 'The faces differ, but a photo is too poor to be sure.',
};

export function decisionWords(decision: Decision): DecisionWords {
  const { outcome, reasons, verdict } = decision;
  if (reasons.includes('same-picture')) {
    return {
      headline: 'This is the same picture twice',
      lead: 'Use two different photos: one from the passport, one taken now.',
      evidence: '',
      cause: '',
    };
  }
  const headline = HEADLINES[outcome];
  const cause = causeOf(reasons);
  if (outcome === 'match') {
    return { headline, lead: 'The two faces are very alike.', evidence: likeness(verdict), cause };
  }
  if (outcome === 'mismatch') {
    const lead = 'The faces differ more than photos of one person usually do.';
    return { headline, lead, evidence: unlikeness(verdict), cause };
  }
  const zone = zoneOf(decision);
  const evidence =
    zone === 'near'
      ? likeness(verdict)
      : zone === 'far'
        ? unlikeness(verdict)
        : `${unlikeness(verdict)} ${likeness(verdict)}`;
  return { headline, lead: REVIEW_LEADS[zone], evidence, cause };
}

function likeness({ fmr, odds, alike }: Verdict): string {
  if (fmr.value > 0.5) return 'Most pairs of different people look at least this alike.';
  const ofAny = `${capital(odds)} pairs of different people in our test look this alike`;
  if (alike === null) return `${ofAny}.`;
  return `${ofAny}; among people of the same ${alike.groupedBy}, ${alike.odds}.`;
}

function unlikeness({ fnmr }: Verdict): string {
  if (fnmr.value > 0.5) return 'Most photos of one person differ less than these do.';
  if (fnmr.value < 1e-3) return 'Photos of one person almost never differ this much.';
  return `Only ${oneIn(fnmr.value)} pairs of one person differ this much.`;
}

/** What is poor, by the reason's code; % stands for the photo. */
const CAUSES: Record<string, string> = {
  'low-resolution': 'the face on % is small',
  blurred: '% is blurred',
  'too-dark': '% is too dark',
  'too-bright': '% is too bright',
  'low-contrast': '% has little contrast',
  'head-turned': 'the head on % is turned',
  'cut-off': 'the face on % is cut off',
  'low-confidence': 'it is not certain that a face was found on %',
};

/** The photo that a reason is about: reference or probe; null for a reason of the pair. */
export function photoOf(reason: string): 'passport' | 'selfie' | null {
  if (reason.endsWith('-reference')) return 'passport';
  return reason.endsWith('-probe') ? 'selfie' : null;
}

function causeOf(reasons: readonly string[]): string {
  const causes = reasons.flatMap((reason) => {
    const photo = photoOf(reason);
    const words = photo && CAUSES[reason.slice(0, reason.lastIndexOf('-'))];
    if (!words) return [];
    return [words.replace('%', photo === 'passport' ? 'the passport photo' : 'the selfie')];
  });
  if (causes.length === 0) return '';
  return `${capital(causes.join(', and '))}: that is the likely cause.`;
}
