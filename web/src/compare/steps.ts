import type { Decision } from 'visavis';
import { photoOf } from './decision_words';

/** What the user can do about an outcome: the ids of the buttons. */
export type Step =
  'new-selfie' | 'new-passport' | 'other-face' | 'by-eye' | 'save-report' | 'start-over';

/** In order; the first is the step that helps most. `severalFaces`: one of the photos shows more than one. */
export function stepsAfter({ outcome, reasons }: Decision, severalFaces: boolean): Step[] {
  if (outcome === 'match') return ['save-report', 'start-over'];
  const poor = new Set(reasons.map(photoOf));
  // Another selfie is easily taken: only where the passport photo alone is poor is that the one to replace.
  const isPassport = poor.has('passport') && !poor.has('selfie');
  const [first, second] = isPassport
    ? (['new-passport', 'new-selfie'] as const)
    : (['new-selfie', 'new-passport'] as const);
  if (reasons.includes('same-picture')) return [first, second, 'save-report', 'start-over'];
  const otherFace = outcome === 'mismatch' && severalFaces ? (['other-face'] as const) : [];
  return [first, ...otherFace, second, 'by-eye', 'save-report', 'start-over'];
}
