import { ISSUE_CODES, MODEL_ROLES, OUTCOMES, POLICIES } from '../shared/api_order.js';
import { Core } from './core.js';
import { rgbaOfRgb, withImage } from './core_image.js';
import { VisavisError } from '../shared/errors.js';
import type { Handle, WasmModule } from './exports.js';
import {
  FACE_VALUES,
  faceFromValues,
  faceToValues,
  LANDMARK_VALUES,
  pointsFromValues,
  scaledFace,
  scaledPoint,
} from '../shared/faces.js';
import type { Calls, Enrolment, Fitness, ModelFiles } from '../shared/protocol.js';
import type { RowSource } from '../shared/rows.js';
import type {
  AlikeStrangers,
  Calibration,
  Decision,
  DecisionBounds,
  DecisionPolicy,
  Detection,
  Face,
  MeasuredRates,
  OperatingPoint,
  Outcome,
  Quality,
  Rate,
  Rates,
  TrackedFace,
  TrackedQuality,
  TrackedView,
  Verdict,
} from '../shared/types.js';

/** kVisavisRateValues, kVisavisBoundsValues and kVisavisQualityValues of api.h. */
const RATE_VALUES = 10;
const BOUNDS_VALUES = 4;
const QUALITY_VALUES = 6;
/** kVisavisTrackQualityValues of api.h, in its order. */
export const TRACK_QUALITY = [
  'eyeDistance',
  'sharpness',
  'brightness',
  'contrast',
  'yaw',
  'visible',
  'pitch',
  'roll',
  'eyesOpen',
  'mouthOpen',
  'interEyeDistance',
  'headSize',
  'marginLeft',
  'marginRight',
  'marginAbove',
  'marginBelow',
  'luminanceMean',
  'luminanceVariance',
  'dynamicRange',
  'overExposed',
  'underExposed',
  'glare',
  'illuminationUniformity',
  'lightBalance',
  'naturalColour',
] as const satisfies readonly (keyof TrackedQuality)[];

/** The journey from pixels to verdict, computed in this thread as soon as the photo's pixels are there. */
export class Engine {
  private constructor(
    private readonly core: Core,
    private readonly verifier: Handle,
    /** The embedder's name and its file's checksum. */
    readonly model: string,
  ) {}

  /** Throws VisavisError 'model-...', naming the file. */
  static create(module: WasmModule, files: ModelFiles): Engine {
    return Engine.on(new Core(module), files);
  }

  /** As create, on a core that others use too. */
  static on(core: Core, files: ModelFiles): Engine {
    const verifier = core.using(core.call('_visavis_models_create'), (models) => {
      MODEL_ROLES.forEach((role, number) => {
        const { bytes, source } = files[role];
        core.heap.lendBytes(bytes, (pointer) =>
          core.heap.lendString(source, (name) =>
            core.call('_visavis_models_load', models, number, pointer, bytes.length, name),
          ),
        );
      });
      return core.call('_visavis_verifier_create', models);
    });
    return new Engine(core, verifier, core.text(core.call('_visavis_verifier_model', verifier)));
  }

  get memoryBytes(): number {
    return this.core.heap.size;
  }

  /** Objects alive in the core; 1, the verifier, between calls. */
  get liveHandles(): number {
    return this.core.liveHandles;
  }

  dispose(): void {
    this.core.call('_visavis_destroy', this.verifier);
  }

  detect(photo: RowSource): Promise<Face[]> {
    return withImage(this.core, photo, (image) => this.detectIn(image));
  }

  /** Of a photo that was scaled down; the answer is in pixels of the whole one. */
  detectReduced(photo: RowSource): Promise<Omit<Detection, 'milliseconds'> | TooFewPixels> {
    const { width, height, x, y } = wholeOf(photo);
    return withImage(this.core, photo, (image) => {
      const faces = this.detectIn(image, 'quick');
      const shortage = faces[0] === undefined ? WHOLE_IS_NEEDED : shortageOf(faces[0], x);
      if (shortage !== null) return shortage;
      return { width, height, faces: faces.map((face) => scaledFace(face, x, y)) };
    });
  }

  /** `previous`, as the answer, in pixels of the frame as it was before it was scaled down. */
  track(frame: RowSource, previous: Face | null): Promise<Omit<TrackedView, 'milliseconds'>> {
    const { width, height, x, y } = wholeOf(frame);
    const last = previous === null ? null : scaledFace(previous, 1 / x, 1 / y);
    return withImage(this.core, frame, (image) => {
      const { core } = this;
      return core.using(this.trackIn(image, last), (track) => {
        const [first, ...others] = this.readFaces(track);
        const face = first === undefined ? null : this.readTracked(track, first, x, y);
        return { width, height, face, others: others.map((other) => scaledFace(other, x, y)) };
      });
    });
  }

  /** `which`: place among the faces found, or a face found before. */
  enrol(photo: RowSource, which: number | Face): Promise<Enrolment> {
    return withImage(this.core, photo, (image) => {
      const faces = typeof which === 'number' ? this.detectIn(image) : [which];
      const face = typeof which === 'number' ? pick(faces, which) : which;
      const { width, height } = photo;
      return { face, faces, width, height, ...this.describe(image, face) };
    });
  }

  /** Of a photo that was scaled down; the answer is in pixels of the whole one. */
  enrolReduced(photo: RowSource, which: number | Face): Promise<Enrolment | TooFewPixels> {
    const { width, height, x, y } = wholeOf(photo);
    return withImage(this.core, photo, (image) => {
      const faces =
        typeof which === 'number'
          ? this.detectIn(image, 'quick').map((found) => scaledFace(found, x, y))
          : [which];
      const face = typeof which === 'number' ? faces[which] : which;
      if (face === undefined) return WHOLE_IS_NEEDED;
      const seen = scaledFace(face, 1 / x, 1 / y);
      const shortage = shortageOf(seen, x);
      if (shortage !== null) return shortage;
      const { quality, ...rest } = this.describe(image, seen);
      const inWhole = { ...quality, eyeDistance: quality.eyeDistance * x };
      return { face, faces, width, height, ...rest, quality: inWhole };
    });
  }

  /** `threshold` undefined means the one shipped. */
  verify(reference: Float32Array, probe: Float32Array, threshold: number | undefined): Verdict {
    if (reference.length !== probe.length) {
      throw new VisavisError('invalid-argument', 'The two embeddings differ in length.');
    }
    const { heap } = this.core;
    const values = heap.lendFloats(reference, (a) =>
      heap.lendFloats(probe, (b) =>
        heap.lend((2 + RATE_VALUES) * 8, (out) => {
          const chosen = threshold ?? NaN;
          this.core.call('_visavis_verify', this.verifier, a, b, reference.length, chosen, out);
          return heap.readDoubles(out, 2 + RATE_VALUES);
        }),
      ),
    );
    const [used, match, ...rates] = values;
    return {
      ...this.inWords(ratesFromValues(rates)),
      threshold: used as number,
      isMatch: match === 1,
    };
  }

  decide(...[reference, probe, policy, fitness]: Parameters<Calls['decide']>): Decision {
    const verdict = this.verify(reference, probe, undefined);
    const { core, verifier } = this;
    const [a, b] = fitness;
    const outcome = core.call(
      '_visavis_decide',
      verifier,
      verdict.distance,
      POLICIES.indexOf(policy),
      a.confidence,
      issueBits(a),
      b.confidence,
      issueBits(b),
    );
    const reasons = core.text(core.call('_visavis_decision_reasons', verifier));
    return {
      outcome: OUTCOMES[outcome] as Outcome,
      reasons: reasons === '' ? [] : reasons.split(' '),
      bounds: this.bounds(policy),
      verdict,
    };
  }

  private bounds(policy: DecisionPolicy): DecisionBounds {
    const values = this.core.heap.lend(BOUNDS_VALUES * 8, (out) => {
      const place = POLICIES.indexOf(policy);
      this.core.call('_visavis_decision_bounds', this.verifier, place, out);
      return this.core.heap.readDoubles(out, BOUNDS_VALUES);
    });
    const [match, matchIfGood, mismatch, leastConfidence] = values as Four;
    return { match, matchIfGood, mismatch, leastConfidence };
  }

  rates(distance: number): Rates {
    const values = this.core.heap.lend(RATE_VALUES * 8, (out) => {
      this.core.call('_visavis_calibration_rates', this.verifier, distance, out);
      return this.core.heap.readDoubles(out, RATE_VALUES);
    });
    return this.inWords(ratesFromValues(values));
  }

  thresholdAtFmr(fmr: number): number {
    return this.core.call('_visavis_calibration_threshold', this.verifier, fmr);
  }

  /** From which distance on a classifier of faces says "none of these"; null for a model that is not calibrated. */
  defaultRejectionDistance(): number | null {
    return this.core.call('_visavis_calibration_rejection_distance', this.verifier) || null;
  }

  calibration(): Calibration {
    const length = this.core.call('_visavis_calibration_length', this.verifier);
    const start = this.core.call('_visavis_calibration_values', this.verifier);
    const values = this.core.heap.readDoubles(start, length);
    const [threshold, genuinePairs, impostorPairs] = values as [number, number, number];
    const points = [];
    for (let at = 3; at < length; at += RATE_VALUES) {
      points.push(ratesFromValues(values.slice(at, at + RATE_VALUES)));
    }
    const source = this.core.text(this.core.call('_visavis_calibration_source', this.verifier));
    const atThreshold = this.rates(threshold);
    const operatingPoints = this.operatingPoints();
    const alike = this.alikeStrangers();
    const bounds = {
      careful: this.bounds('careful'),
      balanced: this.bounds('balanced'),
      lenient: this.bounds('lenient'),
    };
    return {
      bounds,
      threshold,
      atThreshold,
      operatingPoints,
      points,
      genuinePairs,
      impostorPairs,
      alike,
      source,
    };
  }

  private alikeStrangers(): AlikeStrangers | null {
    const { core, verifier } = this;
    const groupedBy = core.text(core.call('_visavis_calibration_grouped_by', verifier));
    if (groupedBy === '') return null;
    const worst = core.call('_visavis_calibration_worst_group', verifier);
    return { groupedBy, worstGroup: core.text(worst) };
  }

  private operatingPoints(): OperatingPoint[] {
    const { core } = this;
    return Array.from({ length: core.call('_visavis_operating_point_count') }, (_, index) => {
      const name = core.text(core.call('_visavis_operating_point_name', index));
      const [fmr, isMeasured, ...rates] = core.heap.lend((2 + RATE_VALUES) * 8, (out) => {
        core.call('_visavis_operating_point', this.verifier, index, out);
        return core.heap.readDoubles(out, 2 + RATE_VALUES) as number[];
      }) as [number, number, ...number[]];
      return { name, fmr, measured: isMeasured === 1 ? ratesFromValues(rates) : null };
    });
  }

  private detectIn(image: Handle, effort: 'thorough' | 'quick' = 'thorough'): Face[] {
    const { core } = this;
    const isQuick = Number(effort === 'quick');
    return core.using(core.call('_visavis_faces_detect', this.verifier, image, isQuick), (faces) =>
      this.readFaces(faces),
    );
  }

  private readFaces(faces: Handle): Face[] {
    const { core } = this;
    const count = core.call('_visavis_faces_count', faces);
    const start = core.call('_visavis_faces_values', faces);
    const values = core.heap.readFloats(start, count * FACE_VALUES);
    return Array.from({ length: count }, (_, i) =>
      faceFromValues(values.subarray(i * FACE_VALUES, (i + 1) * FACE_VALUES)),
    );
  }

  private trackIn(image: Handle, previous: Face | null): Handle {
    const { core, verifier } = this;
    const track = (last: number): Handle => core.call('_visavis_track', verifier, image, last);
    return previous === null ? track(0) : core.heap.lendFloats(faceToValues(previous), track);
  }

  private readTracked(track: Handle, face: Face, x: number, y: number): TrackedFace {
    const { core } = this;
    const points = core.heap.readFloats(
      core.call('_visavis_track_landmarks', track),
      LANDMARK_VALUES,
    );
    const numbers = core.heap.readDoubles(
      core.call('_visavis_track_quality', track),
      TRACK_QUALITY.length,
    );
    const quality = Object.fromEntries(
      TRACK_QUALITY.map((name, i) => [name, numbers[i]]),
    ) as unknown as TrackedQuality;
    return {
      ...scaledFace(face, x, y),
      landmarks: pointsFromValues(points).map((point) => scaledPoint(point, x, y)),
      quality: {
        ...quality,
        eyeDistance: quality.eyeDistance * x,
        interEyeDistance: quality.interEyeDistance * x,
      },
    };
  }

  private describe(image: Handle, face: Face): Pick<Enrolment, 'embedding' | 'crop' | 'quality'> {
    const { core } = this;
    const template = core.heap.lendFloats(faceToValues(face), (values) =>
      core.call('_visavis_template_create', this.verifier, image, values),
    );
    return core.using(template, () => ({
      embedding: core.heap.readFloats(
        core.call('_visavis_template_embedding', template),
        core.call('_visavis_template_embedding_length', template),
      ),
      crop: this.crop(template),
      quality: this.quality(template),
    }));
  }

  private crop(template: Handle): Enrolment['crop'] {
    const width = this.core.call('_visavis_template_crop_width', template);
    const height = this.core.call('_visavis_template_crop_height', template);
    const start = this.core.call('_visavis_template_crop', template);
    return { width, height, data: rgbaOfRgb(this.core.heap.readBytes(start, width * height * 3)) };
  }

  private quality(template: Handle): Quality {
    const { core } = this;
    const start = core.call('_visavis_template_quality', template);
    const [eyeDistance, sharpness, brightness, contrast, yaw, visible] = core.heap.readDoubles(
      start,
      QUALITY_VALUES,
    ) as [number, number, number, number, number, number];
    const count = core.call('_visavis_template_issue_count', template);
    const issues = Array.from({ length: count }, (_, i) => ({
      code: core.text(core.call('_visavis_template_issue_code', template, i)),
      message: core.text(core.call('_visavis_template_issue_message', template, i)),
    }));
    return { eyeDistance, sharpness, brightness, contrast, yaw, visible, issues };
  }

  private inWords(rates: MeasuredRates): Rates {
    const { core, verifier } = this;
    const odds = core.text(core.call('_visavis_calibration_odds', verifier, rates.fmr.value));
    const { alikeFmr } = rates;
    if (alikeFmr === null) return { ...rates, odds, alike: null };
    const groupedBy = core.text(core.call('_visavis_calibration_grouped_by', verifier));
    const alike = core.call('_visavis_calibration_alike_odds', verifier, alikeFmr.value);
    return { ...rates, odds, alike: { groupedBy, odds: core.text(alike) } };
  }
}

/**
 * Pixels between the eyes in a photo that was scaled down. Networks take fewer (35 in the embedder's crop),
 * so that more would be scaled down, too.
 */
const ENOUGH_EYE_DISTANCE = 48;

/** A reduced photo does not show what was asked for. */
export class TooFewPixels {
  /** `share`: of the whole photo's sides, at which it might; 1: the whole photo. */
  constructor(readonly share: number) {}
}
const WHOLE_IS_NEEDED = new TooFewPixels(1);

/** `reduction`: how many times the photo's sides the whole one's are. null: the face has enough pixels. */
function shortageOf(face: Face, reduction: number): TooFewPixels | null {
  const { leftEye, rightEye } = face.keypoints;
  const eyeDistance = Math.hypot(leftEye.x - rightEye.x, leftEye.y - rightEye.y);
  if (eyeDistance >= ENOUGH_EYE_DISTANCE) return null;
  return new TooFewPixels(Math.min(1, ENOUGH_EYE_DISTANCE / eyeDistance / reduction));
}

/** The size that a photo had before it was scaled down, and how many times its own that is. */
function wholeOf(photo: RowSource): { width: number; height: number; x: number; y: number } {
  const { width, height } = photo.scaledFrom ?? photo;
  return { width, height, x: width / photo.width, y: height / photo.height };
}

type Four = [number, number, number, number];

function issueBits({ issues }: Fitness): number {
  return ISSUE_CODES.reduce((bits, code, i) => bits | (issues.includes(code) ? 1 << i : 0), 0);
}

function ratesFromValues(values: readonly number[]): MeasuredRates {
  const rate = (at: number): Rate => ({
    value: values[at] as number,
    low: values[at + 1] as number,
    high: values[at + 2] as number,
  });
  const alike = rate(7);
  const alikeFmr = Number.isNaN(alike.value) ? null : alike;
  return { distance: values[0] as number, fmr: rate(1), fnmr: rate(4), alikeFmr };
}

function pick(faces: readonly Face[], which: number): Face {
  const face = faces[which];
  if (face !== undefined) return face;
  if (faces.length === 0) {
    throw new VisavisError(
      'no-face',
      'No face was found in the photo: give one that shows the whole face from the front.',
    );
  }
  throw new VisavisError(
    'invalid-argument',
    `The photo shows ${faces.length} face(s), so face ${which} does not exist: count from 0.`,
  );
}
