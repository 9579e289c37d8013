import { platform } from './platform.js';
import { loadClassifier } from '../page/classifier.js';
import type {
  Classifier as ClassifierInstance,
  ClassifierOptions,
} from '../shared/few_shot_types.js';
import type { LoadOptions } from '../shared/types.js';
import type { Visavis as VisavisInstance } from '../shared/visavis_types.js';
import { load } from '../page/visavis.js';

export * from '../page/public.js';

/** The package in node. */
export const Visavis = {
  /** Loads WebAssembly and models and starts a worker. Rejects with VisavisError. */
  load: (options?: LoadOptions): Promise<VisavisInstance> => load(platform, options),
};
export type Visavis = VisavisInstance;

/** Tells classes from a few examples of each. */
export const Classifier = {
  /** Loads WebAssembly and what the subject needs, and starts a worker. Rejects with VisavisError. */
  load: (options: ClassifierOptions): Promise<ClassifierInstance> =>
    loadClassifier(platform, options),
};
export type Classifier = ClassifierInstance;
