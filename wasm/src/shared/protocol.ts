import type { VisavisErrorCode } from './errors.js';
import type {
  AssetRole,
  ClassSize,
  EmbeddedImage,
  FewShotMethod,
  FewShotSimilarity,
  RankedClass,
  Subject,
} from './few_shot_types.js';
import type { ModelFile } from './model_file.js';
import type {
  Calibration,
  Decision,
  DecisionPolicy,
  Detection,
  EnrolledFace,
  Face,
  ModelRole,
  Pixels,
  Rates,
  TrackedView,
  Verdict,
} from './types.js';

export type ModelFiles = Record<ModelRole, ModelFile>;

/** What an EnrolledFace is made of, without its class and clock: it crosses from the worker. */
export type Enrolment = Omit<EnrolledFace, 'model' | 'milliseconds' | 'toBytes'>;

export type SubjectFiles = Partial<Record<AssetRole, ModelFile>>;

/** What an EmbeddedImage is made of, without what the page adds: it crosses from the worker. */
export type Reading = Omit<EmbeddedImage, 'model' | 'milliseconds'>;

export interface ReadOptions {
  /** Of faces: as Engine.enrol takes it. */
  readonly face: number | Face;
  /** Of characters. */
  readonly findInk: boolean;
}

/** core/fewshot/few_shot_answer.h's options. */
export interface FewShotOptions {
  readonly method: FewShotMethod;
  readonly similarity: FewShotSimilarity;
  readonly scale: number;
  /** Null: every query is of some class. */
  readonly rejectionDistance: number | null;
}

export interface FewShotAnswer {
  readonly ranking: readonly RankedClass[];
  readonly isRejected: boolean;
}

/** A photo on its way to the worker; `Encoded` is what the platform's worker can decode. */
export type SentPhoto = Pixels | EncodedPhoto;
/** A Blob or an ImageBitmap: in the browser the worker decodes. */
export type EncodedPhoto = Blob | ImageBitmap;

/** A frame of a live view on its way to the worker. */
export type SentFrame = SentPhoto | VideoFrame;

/** What a Visavis asks its worker: names, arguments, answers. */
export interface VisavisCalls {
  start(wasm: Uint8Array, models: ModelFiles): { model: string; calibration: Calibration };
  detect(photo: SentPhoto): Omit<Detection, 'milliseconds'>;
  track(frame: SentFrame, previous: Face | null): Omit<TrackedView, 'milliseconds'>;
  enrol(photo: SentPhoto, face: number | Face): Enrolment;
  verify(reference: Float32Array, probe: Float32Array, choice: ThresholdChoice): Verdict;
  decide(
    reference: Float32Array,
    probe: Float32Array,
    policy: DecisionPolicy,
    fitness: readonly [Fitness, Fitness],
  ): Decision;
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
  exportSupport(): Uint8Array<ArrayBuffer>;
  importSupport(bytes: Uint8Array): ClassSize[];
}

export type Calls = VisavisCalls & ClassifierCalls;

/** How fit a photo's face is to be decided on. */
export interface Fitness {
  readonly confidence: number;
  /** Codes of its issues. */
  readonly issues: readonly string[];
}

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
