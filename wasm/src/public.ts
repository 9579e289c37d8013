export { VisavisError } from './errors.js';
export type { VisavisErrorCode } from './errors.js';
export { FaceTemplate } from './template.js';
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
} from './few_shot_types.js';
export type * from './types.js';
