import type { Global } from './global.js';
import type { Box, EnrolledFace, Photo, TrackedQuality, TrackedView } from './types.js';

/** What is to be photographed: somebody's own face, or the photo page of a document. */
export type GuideKind = 'selfie' | 'document';

/** Towards which side of the frame, as the camera sees it; a preview that is a mirror shows the other one. */
export type GuideDirection = 'left' | 'right' | 'up' | 'down';

/**
 * What a rule looks at: a number of `TrackedQuality`, or
 * - 'faces': 1 when a face is tracked, else 0;
 * - 'faceWidth': width of the face's box over the frame's shorter side;
 * - 'otherWidth': width of the widest other face over that of the face, 0 when there is none;
 * - 'centreX', 'centreY': the middle of the face's box, in shares of the frame's width and height.
 */
export type GuideMeasure =
  'faces' | 'faceWidth' | 'otherWidth' | 'centreX' | 'centreY' | keyof TrackedQuality;

/** When to say what. Of several rules that apply, the first in the list is told. */
export interface GuideRule {
  /** Code of what to tell the user: one of GUIDE_HINTS, or your own. */
  readonly hint: string;
  readonly measure: GuideMeasure;
  readonly applies: 'below' | 'above';
  /** The rule applies once the measure is beyond this, in the measure's unit .. */
  readonly at: number;
  /** .. and until it is back at this: so that a number near the bound does not make hints flicker. */
  readonly leavesAt: number;
  /** Only when it has applied for so many milliseconds; by default at once. */
  readonly after?: number;
  /** Which way the face must move or turn. */
  readonly direction?: GuideDirection;
}

/** What stands against taking the photo. */
export interface GuideFault {
  /** The rule's code, or 'starting' while the shutter does not work yet. */
  readonly hint: string;
  readonly params: GuideParams;
}

/** For the sentence that a hint becomes. */
export interface GuideParams {
  readonly direction?: GuideDirection;
  /** The rule's measure in this frame, and where the rule leaves: in the measure's unit. */
  readonly value?: number;
  readonly limit?: number;
}

/** What one frame of the camera showed, and what to tell the user. Coordinates are pixels of that frame. */
export interface GuideStep<Picture = Photo> extends Omit<TrackedView, 'milliseconds'> {
  /**
   * The code of what to tell the user now: a rule's, or
   * - 'starting': no frame was judged yet;
   * - 'hold-still': all is well; the photo will be taken by itself;
   * - 'press-when-ready': it was not taken for 10 s, or `automatic` is off: the user's own shutter serves;
   * - 'faces-differ': the frames of the last second did not show one face, so it starts again;
   * - 'taken': the last step.
   *
   * It changes only when three frames in a row say so, and after 0.7 s at the earliest.
   */
  readonly hint: string;
  readonly params: GuideParams;
  /** The rule that applies in this very frame, told or not. */
  readonly fault: GuideFault | null;
  /** 0..1: how much of the second of holding still has passed. */
  readonly progress: number;
  /** Whether capture() does something by now. */
  readonly canCapture: boolean;
  /** Of `face`; null when there is none. */
  readonly quality: TrackedQuality | null;
  /** In the last step what was taken; null until then. */
  readonly captured: GuideCapture<Picture> | null;
}

/** The photo taken. */
export interface GuideCapture<Picture = Photo> {
  /**
   * The frame: of a <video> an ImageBitmap at the camera's resolution, as the camera saw it and not as in a mirror,
   * the caller's to close; of a function what that gave.
   */
  readonly picture: Picture;
  /** Its face; null where the user took a photo in which no face can be compared. */
  readonly enrolled: EnrolledFace | null;
  /** False where capture() took it. */
  readonly isAutomatic: boolean;
}

export interface GuideOptions {
  kind: GuideKind;
  /** In place of GUIDE_RULES[kind]. */
  rules?: readonly GuideRule[];
  /** False: the photo is taken by capture() alone. By default true. */
  automatic?: boolean;
  /**
   * The part of a <video> that the user sees, in shares of its width and height, asked of every frame: it alone is
   * looked at and taken. By default all of it.
   */
  view?: () => Box;
  /** Aborting makes the pending step reject with 'cancelled'. */
  signal?: AbortSignal;
}

/** Where the frames come from: a <video> that plays a camera, or a function that gives the frame of now. */
export type GuideSource<Picture extends Photo = Photo> =
  Global<'HTMLVideoElement'> | (() => Picture | Promise<Picture>);

/**
 * A guided capture under way. Ask for the next step when the last one is shown: a frame is looked at for each. Ends with
 * the step whose `captured` is not null; leaving the loop earlier ends it, too.
 */
export interface Guide<Picture = Photo> extends AsyncIterable<GuideStep<Picture>> {
  /**
   * The user's own shutter: the next frame is taken, and null is answered. Where something stands against it, that is
   * answered and nothing taken: ask the user once, then call with `anyway`. It works from second 2 on.
   */
  capture(options?: { anyway?: boolean }): GuideFault | null;
}
