/// <reference lib="esnext.disposable" preserve="true" />
import type { Global } from './global.js';
import type { Guide, GuideOptions } from './guide_types.js';
import type { FaceTemplate } from './template.js';
import type {
  Calibration,
  Decision,
  DecisionOptions,
  Detection,
  EnrolledFace,
  EnrolOptions,
  Frame,
  Photo,
  PhotoOptions,
  Rates,
  TrackedView,
  TrackOptions,
  Verdict,
  VerifyOptions,
  WasmVariant,
} from './types.js';

/** Made by `Visavis.load()`: finds faces and compares them, in a worker; nothing leaves the machine. */
export interface Visavis {
  /** All faces of a photo: sure ones first, the largest first, then doubtful ones likewise. */
  detect(photo: Photo, options?: PhotoOptions): Promise<Detection>;
  /**
   * The face in a frame of a live view, its landmarks and quality: one quick look, no embedding. Send the next frame when
   * this one is answered: frames sent meanwhile wait, and are old when their turn comes.
   */
  track(frame: Frame, options?: TrackOptions): Promise<TrackedView>;
  /**
   * Guides somebody before a camera to a photo that can be compared, frame by frame, and takes it: `for await` its steps.
   * Throws 'invalid-argument'; a step rejects with 'cancelled', with 'unreadable-image' where the video gives no frame for
   * 5 s, and with 'model-mismatch' where the landmark model gives no 68 points.
   */
  guide(video: Global<'HTMLVideoElement'>, options: GuideOptions): Guide<Global<'ImageBitmap'>>;
  guide<Picture extends Photo>(
    frames: () => Picture | Promise<Picture>,
    options: GuideOptions,
  ): Guide<Picture>;
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
