import { Classifier } from 'visavis';
import type { ClassifierLoader } from './lesson';

/** Loads what the subject needs, when it is first shown: signs need a tenth of what people do. */
export const loadClassifier: ClassifierLoader = (subject, onProgress) => Classifier.load({ subject, onProgress });
