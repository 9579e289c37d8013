import type { FewShotMethod, FewShotSimilarity } from './few_shot_types.js';
import type { ModelRole } from './types.js';

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
