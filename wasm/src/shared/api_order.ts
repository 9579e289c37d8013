import type { FewShotMethod, FewShotSimilarity } from './few_shot_types.js';
import type { DecisionPolicy, ModelRole, Outcome } from './types.js';

// Each in the order of api.h, whose functions take the place in the list.

export const MODEL_ROLES = [
  'nearDetector',
  'farDetector',
  'landmarks',
  'embedder',
  'confirmation',
] as const satisfies readonly ModelRole[];

export const METHODS = [
  'prototypes',
  'matching',
  'nearest',
] as const satisfies readonly FewShotMethod[];
export const SIMILARITIES = ['euclidean', 'cosine'] as const satisfies readonly FewShotSimilarity[];

export const POLICIES = [
  'careful',
  'balanced',
  'lenient',
] as const satisfies readonly DecisionPolicy[];
export const OUTCOMES = ['match', 'review', 'mismatch'] as const satisfies readonly Outcome[];
/** The bits by which a photo's issues cross. */
export const ISSUE_CODES: readonly string[] = [
  'low-resolution',
  'blurred',
  'too-dark',
  'too-bright',
  'low-contrast',
  'head-turned',
  'cut-off',
];
