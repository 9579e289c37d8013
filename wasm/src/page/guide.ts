import { invalid, requireChoice, requireOptions } from '../shared/arguments.js';
import { orCancelled, throwIfCancelled } from '../shared/cancel.js';
import { VisavisError } from '../shared/errors.js';
import type {
  Guide,
  GuideCapture,
  GuideFault,
  GuideKind,
  GuideOptions,
  GuideStep,
} from '../shared/guide_types.js';
import type { EnrolledFace, Face, Frame, Photo, TrackedFace } from '../shared/types.js';
import type { Visavis } from '../shared/visavis_types.js';
import {
  advance,
  canCapture,
  type Guidance,
  type GuidanceSettings,
  objectionTo,
  progressOf,
  startAgain,
  startGuidance,
} from './guidance.js';
import { GUIDE_RULES, type MeasuredView, requireRules } from './guide_rules.js';

/** Milliseconds from frame to frame at least: more than twelve a second tell no more, and warm a phone. */
const PACE = 80;
/** Milliseconds between thorough searches: one takes as long as ten quick looks. */
const SEARCH_PACE = 1000;
/** Points of a face (iBUG 300-W). */
const LANDMARKS = 68;

/** A frame, as long as it is looked at. */
export interface GrabbedFrame<Picture> {
  readonly frame: Frame;
  /** A picture of its own, which outlives the frame. */
  keep(): Promise<KeptPicture<Picture>>;
  close(): void;
}

export interface KeptPicture<Picture> {
  readonly picture: Picture;
  /** Frees it, where it is the guide's to free. */
  discard(): void;
}

/** Where frames come from. */
export interface FrameSource<Picture> {
  /** The next one; rejects with 'unreadable-image' when none comes. */
  next(signal: AbortSignal | undefined): Promise<GrabbedFrame<Picture>>;
}

/** What a function gives, one after the other. */
export function framesOfFunction<Picture extends Photo>(
  take: () => Picture | Promise<Picture>,
): FrameSource<Picture> {
  return {
    async next(signal) {
      const picture = await orCancelled(Promise.resolve(take()), signal);
      const nothing = (): void => undefined;
      return {
        frame: picture,
        keep: async () => ({ picture, discard: nothing }),
        close: nothing,
      };
    },
  };
}

/** The calls that a guide makes. */
export type GuideEngine = Pick<Visavis, 'detect' | 'track' | 'enrol' | 'verify' | 'calibration'>;

/** Throws 'invalid-argument'. */
export function requireGuideOptions(given: GuideOptions | undefined): GuideOptions {
  const options = requireOptions('guide', given, ['kind', 'rules', 'automatic', 'view', 'signal']);
  const { kind, rules, automatic, view } = options;
  requireChoice('kind', kind, ['selfie', 'document']);
  if (rules !== undefined) requireRules(rules);
  if (automatic !== undefined && typeof automatic !== 'boolean')
    throw invalid('automatic must be true or false.');
  if (view !== undefined && typeof view !== 'function')
    throw invalid('view must be a function that gives a box in shares of the video.');
  return options;
}

/** A frame that may become the photo. */
interface Candidate<Picture> {
  readonly kept: KeptPicture<Picture>;
  readonly face: TrackedFace;
  readonly time: number;
}

/** A frame under judgement. */
interface SeenFrame<Picture> {
  readonly grabbed: GrabbedFrame<Picture>;
  readonly face: TrackedFace | null;
  readonly time: number;
}

/** Follows the camera, frame by frame, until a photo is taken. */
export class GuideLoop<Picture extends Photo> implements Guide<Picture> {
  private readonly settings: GuidanceSettings;
  private readonly kind: GuideKind;
  private readonly signal: AbortSignal | undefined;
  private readonly cancel: { signal?: AbortSignal };
  /** Where the face is looked for next. */
  private previous: Face | null = null;
  private searchedAt = -Infinity;
  private state: Guidance;
  private isPressed = false;
  /** Of the frames held still, the first one and the sharpest. */
  private first: Candidate<Picture> | null = null;
  private best: Candidate<Picture> | null = null;

  constructor(
    private readonly engine: GuideEngine,
    private readonly source: FrameSource<Picture>,
    { kind, rules = GUIDE_RULES[kind], automatic = true, signal }: GuideOptions,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.kind = kind;
    this.settings = { rules, isAutomatic: automatic };
    this.signal = signal;
    this.cancel = signal === undefined ? {} : { signal };
    this.state = startGuidance(this.settings, now());
  }

  capture({ anyway = false }: { anyway?: boolean } = {}): GuideFault | null {
    const objection = objectionTo(this.state, this.now());
    if (objection !== null && (!anyway || objection.hint === 'starting')) return objection;
    this.isPressed = true;
    return null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GuideStep<Picture>, void, undefined> {
    this.state = startGuidance(this.settings, this.now());
    let due = 0;
    try {
      for (;;) {
        await orCancelled(waitUntil(due, this.now), this.signal);
        due = this.now() + PACE;
        const step = await this.nextStep();
        yield step;
        if (step.captured !== null) return;
      }
    } finally {
      this.forget();
    }
  }

  private async nextStep(): Promise<GuideStep<Picture>> {
    const grabbed = await this.source.next(this.signal);
    try {
      const view = await this.look(grabbed.frame);
      const captured = await this.judge({ grabbed, face: view.face, time: this.now() }, view);
      if (captured === null) this.previous = view.face ?? (await this.searched(grabbed));
      return this.step(view, captured);
    } finally {
      grabbed.close();
    }
  }

  private async look(frame: Frame): Promise<MeasuredView> {
    throwIfCancelled(this.signal);
    const { previous, cancel } = this;
    const view = await this.engine.track(frame, { previous, ...cancel });
    if (view.face !== null && view.face.landmarks.length !== LANDMARKS) {
      throw new VisavisError(
        'model-mismatch',
        `guide() needs a landmark model that gives ${LANDMARKS} points: load the package's own.`,
      );
    }
    return view;
  }

  /**
   * A document's portrait is small, and a quick look at the whole frame may miss it: now and then all of the frame is
   * searched for it. Found once, it is followed.
   */
  private async searched(grabbed: GrabbedFrame<Picture>): Promise<Face | null> {
    const now = this.now();
    if (this.kind !== 'document' || now - this.searchedAt < SEARCH_PACE) return null;
    this.searchedAt = now;
    const kept = await grabbed.keep();
    try {
      return (await this.engine.detect(kept.picture, this.cancel)).faces[0] ?? null;
    } finally {
      kept.discard();
    }
  }

  /** What was taken with this frame; null where the camera goes on. */
  private async judge(
    seen: SeenFrame<Picture>,
    view: MeasuredView,
  ): Promise<GuideCapture<Picture> | null> {
    this.state = advance(this.state, this.settings, view, seen.time);
    if (this.isPressed) return this.takePressed(seen);
    if (this.state.heldSince === null) this.forget();
    else if (this.state.isBest) await this.keepBest(seen);
    return this.state.isDone ? this.takeBest(seen) : null;
  }

  private async keepBest({ grabbed, face, time }: SeenFrame<Picture>): Promise<void> {
    if (face === null) return;
    const candidate = { kept: await grabbed.keep(), face, time };
    if (this.best !== this.first) this.best?.kept.discard();
    this.best = candidate;
    this.first ??= candidate;
  }

  private async takePressed({ grabbed, face }: SeenFrame<Picture>): Promise<GuideCapture<Picture>> {
    const { picture } = await grabbed.keep();
    return { picture, enrolled: await this.enrolIfAny(picture, face), isAutomatic: false };
  }

  /** The user's shutter is never a trap: a photo without a face that can be compared is theirs, too. */
  private async enrolIfAny(
    picture: Picture,
    face: TrackedFace | null,
  ): Promise<EnrolledFace | null> {
    try {
      // Where no face is tracked a longer look may find one.
      return await this.enrol(picture, face ?? 0);
    } catch (error) {
      const isNone =
        error instanceof VisavisError && ['no-face', 'face-too-small'].includes(error.code);
      if (isNone) return null;
      throw error;
    }
  }

  /** The sharpest frame, unless it and one from the other end of the second show different faces. */
  private async takeBest(last: SeenFrame<Picture>): Promise<GuideCapture<Picture> | null> {
    const { best, first } = this;
    // Without one nothing was measured: a sharpness of NaN, say.
    const enrolled = best && (await this.enrol(best.kept.picture, best.face));
    if (best && first && enrolled && (await this.isOneFace(enrolled, best, first, last))) {
      if (first !== best) first.kept.discard();
      this.first = this.best = null; // The caller's from here on.
      return { picture: best.kept.picture, enrolled, isAutomatic: true };
    }
    this.forget();
    this.state = startAgain(this.state, this.now());
    return null;
  }

  private async isOneFace(
    enrolled: EnrolledFace,
    best: Candidate<Picture>,
    first: Candidate<Picture>,
    last: SeenFrame<Picture>,
  ): Promise<boolean> {
    const again = await this.enrolFarthest(best, first, last);
    if (again === null) return true;
    const { match } = this.engine.calibration.bounds.balanced;
    return (await this.engine.verify(enrolled, again)).distance < match;
  }

  /** The first or the last frame, whichever is farther from the best; null where that is the best. */
  private async enrolFarthest(
    best: Candidate<Picture>,
    first: Candidate<Picture>,
    { grabbed, face, time }: SeenFrame<Picture>,
  ): Promise<EnrolledFace | null> {
    if (face === null || best.time - first.time > time - best.time)
      return first === best ? null : this.enrol(first.kept.picture, first.face);
    const kept = await grabbed.keep();
    try {
      return await this.enrol(kept.picture, face);
    } finally {
      kept.discard();
    }
  }

  private enrol(picture: Picture, face: TrackedFace | number): Promise<EnrolledFace> {
    return this.engine.enrol(picture, { face, ...this.cancel });
  }

  private step(view: MeasuredView, captured: GuideCapture<Picture> | null): GuideStep<Picture> {
    const { shown, fault } = this.state;
    const now = this.now();
    const { width, height, face, others } = view;
    return {
      ...(captured === null ? shown : { hint: 'taken', params: {} }),
      fault,
      progress: captured === null ? progressOf(this.state, now) : 1,
      canCapture: canCapture(this.state, now),
      ...{ width, height, face, others },
      quality: face?.quality ?? null,
      captured,
    };
  }

  private forget(): void {
    this.first?.kept.discard();
    if (this.best !== this.first) this.best?.kept.discard();
    this.first = this.best = null;
  }
}

async function waitUntil(due: number, now: () => number): Promise<void> {
  const left = due - now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
