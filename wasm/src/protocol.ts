import type { Enrolment, ModelFiles } from './engine.js';
import type { ReadOptions, Reading, SubjectFiles } from './example_reader.js';
import type { VisavisErrorCode } from './errors.js';
import type { ClassSize, Subject } from './few_shot_types.js';
import type { StoredSupport } from './support_bytes.js';
import type { FewShotAnswer, FewShotOptions } from './support_set.js';
import type { Calibration, Detection, Face, Pixels, Rates, Verdict } from './types.js';

/** A photo on its way to the worker; `Encoded` is what the platform's worker can decode. */
export type SentPhoto = Pixels | EncodedPhoto;
/** A Blob or an ImageBitmap: in the browser the worker decodes. */
export type EncodedPhoto = Blob | ImageBitmap;

/** What a Visavis asks its worker: names, arguments, answers. */
export interface VisavisCalls {
  start(wasm: Uint8Array, models: ModelFiles): { model: string; calibration: Calibration };
  detect(photo: SentPhoto): Omit<Detection, 'milliseconds'>;
  enrol(photo: SentPhoto, face: number | Face): Enrolment;
  verify(reference: Float32Array, probe: Float32Array, choice: ThresholdChoice): Verdict;
  rates(distance: number): Rates;
  thresholdAtFmr(fmr: number): number;
}

/** What a Classifier asks its own; every change answers with the classes as they are then. */
export interface ClassifierCalls {
  startClassifier(
    wasm: Uint8Array,
    subject: Subject,
    models: SubjectFiles,
    fmr: number | undefined,
  ): { model: string; rejectionDistance: number | null };
  read(image: SentPhoto, options: ReadOptions): Reading;
  addExample(name: string, embedding: Float32Array): ClassSize[];
  removeExample(name: string, example: number): ClassSize[];
  removeClass(name: string): ClassSize[];
  classify(query: Float32Array, options: FewShotOptions): FewShotAnswer;
  readSupport(): StoredSupport;
  replaceSupport(stored: StoredSupport): ClassSize[];
}

export type Calls = VisavisCalls & ClassifierCalls;

export interface ThresholdChoice {
  readonly fmr: number | undefined;
  readonly threshold: number | undefined;
}

export type CallName = keyof Calls;

type CallOf<All extends { [Name in keyof All]: (...args: never[]) => unknown }> = {
  [Name in keyof All]: { id: number; name: Name; args: Parameters<All[Name]> };
}[keyof All];
export type VisavisCall = CallOf<VisavisCalls>;
export type ClassifierCall = CallOf<ClassifierCalls>;

/** To the worker: a call, or word that the answer to one is no longer wanted. */
export type Request = VisavisCall | ClassifierCall | { cancel: number };

/** From the worker; `error` is a VisavisError, whose class messages do not keep. */
export type Response =
  | { id: number; result: unknown }
  | { id: number; error: { code: VisavisErrorCode; message: string } };
