/// <reference lib="esnext.disposable" preserve="true" />
import type { FaceTemplate } from './template.js';

/** The DOM's type of this name where the compiler knows the DOM, so that node projects need not. */
type Global<Name extends string> = typeof globalThis extends {
  [Key in Name]: { prototype: infer Type };
}
  ? Type
  : never;

/** 8-bit RGBA, not premultiplied, rows top to bottom. The DOM's ImageData is one. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/**
 * What a photo may be given as.
 * - Everywhere: pixels (ImageData), a Blob or File, or the bytes of an image file.
 * - In the browser: also ImageBitmap, and <img>, <canvas> and <video> elements as they are now.
 * - In node: also a path or file: URL; files are decoded by `sharp`, HEIC by
 *   `libheif-js`, both optional peer dependencies.
 *
 * JPEG, PNG, WebP, AVIF and HEIC. EXIF orientation is honoured, colours are turned into sRGB, of an
 * animation the first frame is taken, transparency is laid over white.
 */
export type Photo =
  | Pixels
  | Global<'Blob'>
  | ArrayBuffer
  | Uint8Array
  | URL
  | string
  | Global<'ImageBitmap'>
  | Global<'HTMLImageElement'>
  | Global<'HTMLCanvasElement'>
  | Global<'OffscreenCanvas'>
  | Global<'HTMLVideoElement'>;

/** What a frame of a live view may be given as: in the browser also a VideoFrame, which stays the caller's. */
export type Frame = Photo | Global<'VideoFrame'>;

/** In pixels of the upright photo; the top-left pixel covers [0, 1) x [0, 1). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Left and right as seen in the photo. */
export interface Keypoints {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly noseTip: Point;
  readonly mouthCentre: Point;
  readonly leftEar: Point;
  readonly rightEar: Point;
}

export interface Face {
  readonly box: Box;
  /** 0..1 */
  readonly confidence: number;
  readonly keypoints: Keypoints;
}

export interface Detection {
  /** Size of the upright photo, to which the faces' coordinates refer. */
  readonly width: number;
  readonly height: number;
  /** Sure ones first, the largest first, then doubtful ones likewise; empty when there is none. */
  readonly faces: readonly Face[];
  /** Wall-clock time from the photo given to the answer, decoding included. */
  readonly milliseconds: number;
}

/** One thing about a face that makes the comparison less reliable. */
export interface QualityIssue {
  /** Stable: 'low-resolution', 'blurred', ... (core/face/quality.h). */
  readonly code: string;
  /** One sentence for the person in the photo. */
  readonly message: string;
}

/** How well the aligned face shows what the network looks at. */
export interface Quality {
  /** Between the pupils, in pixels of the photo. */
  readonly eyeDistance: number;
  /** Variance of the Laplacian over that of the luma. */
  readonly sharpness: number;
  /** Mean luma of the face, 0..255. */
  readonly brightness: number;
  /** Standard deviation of that luma. */
  readonly contrast: number;
  /** Head turned, in degrees; positive towards the photo's right. */
  readonly yaw: number;
  /** Share of the crop that lies inside the photo, 0..1. */
  readonly visible: number;
  /** Empty when nothing stands against comparing. */
  readonly issues: readonly QualityIssue[];
}

/**
 * How a face is placed and lit in a frame: the numbers of `Quality`, then others named after ISO/IEC 29794-5:2025. They
 * are measurements, not verdicts; core/face/capture_quality.h tells each formula and its source. T is the distance
 * from the middle between the eyes to the chin.
 */
export interface TrackedQuality extends Omit<Quality, 'issues'> {
  /** Degrees, positive when looking up; rough. */
  readonly pitch: number;
  /** Degrees, positive when the head leans clockwise in the frame. */
  readonly roll: number;
  /** Distance of the lids over the eye's width, of the eye that is less open; about 0.3 when open. */
  readonly eyesOpen: number;
  /** Distance of the inner lips over the width between them; 0 when closed. */
  readonly mouthOpen: number;
  /** Between the eyes' centres as from the front, in pixels of the frame. */
  readonly interEyeDistance: number;
  /** T over the frame's height. */
  readonly headSize: number;
  /** From the left eye to the frame's left edge, and from the right one to the right edge, in distances of the eyes. */
  readonly marginLeft: number;
  readonly marginRight: number;
  /** From the middle between the eyes to the frame's upper and lower edge, in T. */
  readonly marginAbove: number;
  readonly marginBelow: number;
  /** Mean and variance of the face's luminance: linear light, 0..1. */
  readonly luminanceMean: number;
  readonly luminanceVariance: number;
  /** Entropy of that luminance, 0..8 bits. */
  readonly dynamicRange: number;
  /** Share of the face's pixels that are nearly as bright, or as dark, as can be, 0..1. */
  readonly overExposed: number;
  readonly underExposed: number;
  /** Share of the face's pixels that are white: reflections, 0..1. */
  readonly glare: number;
  /** How alike the luminance of the two cheeks is distributed, 0..1. */
  readonly illuminationUniformity: number;
  /** Mean luma of the face's right half less that of its left half, -255..255. */
  readonly lightBalance: number;
  /** How far the cheeks' colour is from that of skin, in CIELAB; 0 is natural. */
  readonly naturalColour: number;
}

/** As `enrol` takes it for `face`. */
export interface TrackedFace extends Face {
  /** The 68 points of the iBUG 300-W scheme: jaw, brows, nose, eyes, mouth. */
  readonly landmarks: readonly Point[];
  readonly quality: TrackedQuality;
}

/** What a frame of a live view shows, in pixels of that frame, however it was scaled down for looking. */
export interface TrackedView {
  /** Size of the frame. */
  readonly width: number;
  readonly height: number;
  /** The face of the last frame where it is still there, else the largest; null when there is none. */
  readonly face: TrackedFace | null;
  /** Other faces, the largest first. */
  readonly others: readonly Face[];
  /** Wall-clock time from the frame given to the answer. */
  readonly milliseconds: number;
}

/** An error rate with its 95% confidence interval, all in 0..1. */
export interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What was measured when every pair of photos nearer than `distance` is called a match. */
export interface MeasuredRates {
  /** 0..2 */
  readonly distance: number;
  /** False match rate: share of pairs of different people that are at least this alike. */
  readonly fmr: Rate;
  /** False non-match rate: share of pairs of one person that are less alike. */
  readonly fnmr: Rate;
  /** The FMR among pairs of alike strangers (AlikeStrangers); null for a model that was not measured so. */
  readonly alikeFmr: Rate | null;
}

/** How often strangers who are alike look this alike. */
export interface AlikeOdds {
  /** What the two have in common: "origin and gender". */
  readonly groupedBy: string;
  /** As Rates.odds. */
  readonly odds: string;
}

export interface Rates extends MeasuredRates {
  /** The FMR in words, as in "about 1 in 4,000" (pairs of different people look this alike). */
  readonly odds: string;
  /** alikeFmr in words; null where that is. */
  readonly alike: AlikeOdds | null;
}

export interface Verdict extends Rates {
  /** A match is distance < threshold. */
  readonly threshold: number;
  readonly isMatch: boolean;
}

/** What to do about a pair of photos: a 'review' is a human's to decide. */
export type Outcome = 'match' | 'review' | 'mismatch';

/** From the fewest false matches to the fewest pairs left to a human. */
export type DecisionPolicy = 'careful' | 'balanced' | 'lenient';

/** Where a policy parts the distances, 0..2. */
export interface DecisionBounds {
  /** Below it a match, whatever the photos are like. */
  readonly match: number;
  /** Below it a match where both photos are good. */
  readonly matchIfGood: number;
  /** From here on a mismatch where both photos are good. */
  readonly mismatch: number;
  /** 0..1; a photo whose face was found with less confidence is not good. */
  readonly leastConfidence: number;
}

export interface Decision {
  readonly outcome: Outcome;
  /**
   * Stable codes of what speaks for a review: 'same-picture', 'between-bounds', and of either photo
   * 'low-confidence-reference' or one of its issues, 'blurred-probe'. Empty for a match and a mismatch.
   */
  readonly reasons: readonly string[];
  readonly bounds: DecisionBounds;
  readonly verdict: Verdict;
}

export interface DecisionOptions {
  /** By default 'balanced'. */
  policy?: DecisionPolicy;
}

/** An FMR with a name. */
export interface OperatingPoint {
  /** 'lenient' (FMR 1e-2), 'standard' (1e-3) or 'strict' (1e-4). */
  readonly name: string;
  /** The FMR it stands for; `verify(a, b, { fmr })` decides at it. */
  readonly fmr: number;
  /** Its threshold (`distance`) and the rates measured there; null where too few pairs were measured to say. */
  readonly measured: MeasuredRates | null;
}

/** Pairs of different people of one group: they look alike more often than any two people do. */
export interface AlikeStrangers {
  /** What the two have in common: "origin and gender". */
  readonly groupedBy: string;
  /** The group with the most false matches. */
  readonly worstGroup: string;
}

/** How distances became error rates: measured on people the model was not trained on. */
export interface Calibration {
  /** The threshold shipped. */
  readonly threshold: number;
  /** The rates at it. */
  readonly atThreshold: Rates;
  /** Where decide() parts the distances. */
  readonly bounds: Readonly<Record<DecisionPolicy, DecisionBounds>>;
  /** From lax to strict. */
  readonly operatingPoints: readonly OperatingPoint[];
  readonly points: readonly MeasuredRates[];
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** null for a model that was not measured on them. */
  readonly alike: AlikeStrangers | null;
  /** Data and protocol in one line. */
  readonly source: string;
}

export type ModelRole = 'nearDetector' | 'farDetector' | 'landmarks' | 'embedder' | 'confirmation';

/** Where a file comes from: a URL (in node also a path), or its bytes. */
export type Source = string | URL | ArrayBuffer | Uint8Array;

export interface Progress {
  readonly loadedBytes: number;
  /** Undefined while the server has not said how long a file is. */
  readonly totalBytes: number | undefined;
}

export interface LoadOptions {
  /** Replaces models of the package by your own `.visavis` files. */
  models?: Partial<Record<ModelRole, Source>>;
  /** Called as bytes arrive, at last with loadedBytes === totalBytes. */
  onProgress?: (progress: Progress) => void;
  /** Aborting rejects with the code 'cancelled'. */
  signal?: AbortSignal;
  /**
   * Which WebAssembly file computes: by default 'relaxed' where the engine has relaxed SIMD, which is faster. What
   * they compute differs by rounding; templates of one can be compared with those of the other.
   */
  variant?: WasmVariant;
}

/** 'baseline' runs wherever there is SIMD; 'relaxed' wants relaxed SIMD (Chrome 114, node 22). */
export type WasmVariant = 'baseline' | 'relaxed';

export interface PhotoOptions {
  /** Aborting rejects at once with the code 'cancelled'. */
  signal?: AbortSignal;
}

export interface TrackOptions extends PhotoOptions {
  /** The `face` of the last frame's answer: the same face is followed. */
  previous?: Face | null;
}

export interface EnrolOptions extends PhotoOptions {
  /** Which face: its place in `faces` (0, the largest sure one, by default), or one that `detect` found. */
  face?: number | Face;
}

/** At most one of the two; with neither, the threshold shipped with the model. */
export interface VerifyOptions {
  /** Use the threshold that was measured to give at most this FMR, for example 1e-4. */
  fmr?: number;
  /** Use this distance, 0..2. */
  threshold?: number;
}

/** What was learnt from one photo; as a FaceTemplate it can be compared and kept. */
export interface EnrolledFace extends FaceTemplate {
  readonly face: Face;
  /** All faces in the photo, in the order of `detect`. Only `face` itself where a Face was given. */
  readonly faces: readonly Face[];
  /** Size of the upright photo. */
  readonly width: number;
  readonly height: number;
  /** The aligned crop that the network saw; `new ImageData(crop.data, crop.width)` shows it. */
  readonly crop: { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };
  readonly quality: Quality;
  /** Wall-clock time from the photo given to the answer, decoding included. */
  readonly milliseconds: number;
}

/** Made by `Visavis.load()`: finds faces and compares them, in a worker; nothing leaves the machine. */
export interface Visavis {
  /** All faces of a photo: sure ones first, the largest first, then doubtful ones likewise. */
  detect(photo: Photo, options?: PhotoOptions): Promise<Detection>;
  /**
   * The face in a frame of a live view, its landmarks and quality: one quick look, no embedding. Send the next frame when
   * this one is answered: frames sent meanwhile wait, and are old when their turn comes.
   */
  track(frame: Frame, options?: TrackOptions): Promise<TrackedView>;
  /** One face of a photo, ready to be compared. Rejects with 'no-face' or 'face-too-small'. */
  enrol(photo: Photo, options?: EnrolOptions): Promise<EnrolledFace>;
  /** Compares two enrolled faces; takes well under a millisecond of computing. */
  verify(reference: FaceTemplate, probe: FaceTemplate, options?: VerifyOptions): Promise<Verdict>;
  /**
   * Match, review or mismatch, with the reasons. A poor photo turns a mismatch into a review, so give enrolled faces:
   * of a template that was kept nothing is known but the embedding, and it counts as one of a good photo.
   */
  decide(
    reference: FaceTemplate | EnrolledFace,
    probe: FaceTemplate | EnrolledFace,
    options?: DecisionOptions,
  ): Promise<Decision>;
  /** Error rates at a distance. */
  rates(distance: number): Promise<Rates>;
  /** The largest distance whose measured FMR is at most `fmr`. */
  thresholdAtFmr(fmr: number): Promise<number>;
  readonly calibration: Calibration;
  /** Identifies the embedder; templates of another one cannot be compared. */
  readonly model: string;
  /**
   * SHA-256 of the embedder's file, in hexadecimal, for records; null in a browser's page that came neither over
   * https nor from this machine: browsers do not hash there.
   */
  readonly modelSha256: string | null;
  /** The WebAssembly file that computes. */
  readonly variant: WasmVariant;
  /** Ends the worker; what is pending rejects with 'disposed'. */
  dispose(): void;
  [Symbol.dispose](): void;
}
