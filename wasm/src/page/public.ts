export { VisavisError } from '../shared/errors.js';
export type { VisavisErrorCode } from '../shared/errors.js';
export { FaceTemplate } from '../shared/template.js';
export type {
  ClassifierOptions,
  ClassSize,
  Classification,
  EmbeddedImage,
  ExampleOptions,
  ExampleSource,
  FewShotMethod,
  FewShotSimilarity,
  RankedClass,
  Subject,
} from '../shared/few_shot_types.js';
export type * from '../shared/guide_types.js';
export type * from '../shared/types.js';
export { GUIDE_HINTS, GUIDE_RULES } from './guide_rules.js';
