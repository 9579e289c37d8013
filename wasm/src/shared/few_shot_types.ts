import type { FaceTemplate } from './template.js';
import type {
  EnrolledFace,
  Face,
  ModelRole,
  Photo,
  PhotoOptions,
  Progress,
  Quality,
  Source,
  WasmVariant,
} from './types.js';

/** What is told apart: people by their faces, or whole images as drawn characters are. */
export type Subject = 'faces' | 'characters';

/**
 * How a query's class is told; with one example per class all are the same.
 * - `prototypes`: by the mean of each class's examples (Snell et al. 2017).
 * - `matching`: by attention over every example (Vinyals et al. 2016).
 * - `nearest`: by each class's most similar example (Koch et al. 2015).
 */
export type FewShotMethod = 'prototypes' | 'matching' | 'nearest';
/** The models of the package: four for faces, one for characters. */
export type AssetRole = ModelRole | 'characters';

export type FewShotSimilarity = 'euclidean' | 'cosine';

export interface ClassifierOptions {
  subject: Subject;
  /** By default 'nearest' for faces, whose error rates are those of pairs, and 'prototypes' for characters. */
  method?: FewShotMethod;
  /** 'euclidean' by default: minus the squared distance. */
  similarity?: FewShotSimilarity;
  /** Factor of the similarities before the softmax, above 0; 10 by default. It moves probabilities, never the order. */
  scale?: number;
  /**
   * A query whose distance to its best class is not below this is none of these; null: never. By default what `fmr`
   * gives.
   */
  rejectionDistance?: number | null;
  /**
   * Instead of rejectionDistance: the distance that at most this share of pairs of different people, or characters,
   * was measured to lie below. By default the threshold shipped for faces, 0.05 for characters.
   */
  fmr?: number;
  /** Replaces models of the package by your own `.visavis` files. */
  models?: Partial<Record<AssetRole, Source>>;
  /** Called as bytes arrive, at last with loadedBytes === totalBytes. */
  onProgress?: (progress: Progress) => void;
  /** Aborting rejects with the code 'cancelled'. */
  signal?: AbortSignal;
  /** As of LoadOptions. */
  variant?: WasmVariant;
}

export interface ClassSize {
  readonly name: string;
  /** 1 or more. */
  readonly examples: number;
}

export interface RankedClass {
  readonly name: string;
  /** 0..1; those of all classes sum up to 1, whether or not the query is any of these. */
  readonly probability: number;
  /** 0..2, between the query and the class's prototype or nearest example. */
  readonly distance: number;
}

export interface Classification {
  /** All classes, the most probable first. */
  readonly ranking: readonly RankedClass[];
  /** That of ranking[0]. */
  readonly distance: number;
  /** Whether that distance reaches the classifier's rejectionDistance. */
  readonly isNoneOfThese: boolean;
}

/** What the network made of one image: an example, a query, or both. */
export interface EmbeddedImage {
  /** Identifies the embedder that made it. */
  readonly model: string;
  /** Of unit length. */
  readonly embedding: Float32Array;
  /** What the network saw: the aligned face, or the image in its square. */
  readonly crop: EnrolledFace['crop'];
  /** Of faces only, as `enrol` gives them. */
  readonly face?: Face;
  readonly faces?: readonly Face[];
  readonly quality?: Quality;
  /** Size of the upright image. */
  readonly width: number;
  readonly height: number;
  /** Wall-clock time from the image given to the answer, decoding included. */
  readonly milliseconds: number;
}

/** An image, or what was made of it before: by `embed`, or for faces by `Visavis.enrol`. */
export type ExampleSource = Photo | EmbeddedImage | FaceTemplate;

export interface ExampleOptions extends PhotoOptions {
  /** Of faces: which one, as for `enrol`. */
  face?: number | Face;
  /**
   * Of characters: for photos and screenshots, parts the ink from its paper and brings it to the form that the model
   * was trained on. Without it the image is taken as it is: dark strokes on white, square.
   */
  findInk?: boolean;
}

/**
 * Made by `Classifier.load()`: tells classes from a few examples of each, in a worker of its own; nothing is trained
 * and nothing leaves the machine. Calls may overlap; they are carried out in the order made.
 */
export interface Classifier {
  readonly subject: Subject;
  /** Identifies the embedder; what another one made cannot be compared. */
  readonly model: string;
  readonly rejectionDistance: number | null;
  /** In the order of adding, as of the last call answered. */
  readonly classes: readonly ClassSize[];
  /** Looks at an image once, to use it more than once. */
  embed(image: Photo, options?: ExampleOptions): Promise<EmbeddedImage>;
  /** Adds an example, and its class where there is none of that name. One that is cancelled is not added. */
  addExample(name: string, image: ExampleSource, options?: ExampleOptions): Promise<void>;
  /** `example` counts from 0 in the order of adding. A class goes with its only example. */
  removeExample(name: string, example: number): Promise<void>;
  removeClass(name: string): Promise<void>;
  /** Needs two classes, or one and a rejectionDistance. */
  classify(image: ExampleSource, options?: ExampleOptions): Promise<Classification>;
  /** All examples' embeddings and their class names, with the model's fingerprint. Of faces: biometric data. */
  exportSupport(): Promise<Uint8Array<ArrayBuffer>>;
  /** Puts what exportSupport gave in the place of all classes. Rejects with 'model-mismatch' for another model's. */
  importSupport(bytes: Uint8Array): Promise<void>;
  /** Ends the worker; what is pending rejects with 'disposed'. */
  dispose(): void;
  [Symbol.dispose](): void;
}
