import type {
  Calibration,
  DecisionOptions,
  EnrolledFace,
  EnrolOptions,
  Face,
  Photo,
  Visavis,
} from '../../wasm/dist/index.js';
import { VisavisError } from '../../wasm/dist/node/index.js';

const point = { x: 0, y: 0 };
export const face = (left: number): Face => ({
  box: { left, top: 10, width: 50, height: 50 },
  confidence: 0.9,
  keypoints: {
    leftEye: point,
    rightEye: point,
    noseTip: point,
    mouthCentre: point,
    leftEar: point,
    rightEar: point,
  },
});

const rate = (value: number) => ({ value, low: value, high: value });

const measured = (distance: number, fmr: number, fnmr: number) => ({
  distance,
  fmr: rate(fmr),
  fnmr: rate(fnmr),
  alikeFmr: null,
});

/** One person's pairs lie about 0.8, different people's about 1.4. */
export const calibration: Calibration = {
  threshold: 1.1,
  atThreshold: { ...measured(1.1, 1e-3, 0.01), odds: 'about 1 in 1,000', alike: null },
  operatingPoints: [
    { name: 'lenient', fmr: 1e-2, measured: measured(1.2, 1e-2, 0.005) },
    { name: 'standard', fmr: 1e-3, measured: measured(1.1, 1e-3, 0.018) },
    { name: 'strict', fmr: 1e-4, measured: measured(1.0, 1e-4, 0.2) },
  ],
  bounds: {
    careful: { match: 0.8, matchIfGood: 0.9, mismatch: 1.3, leastConfidence: 0.8 },
    balanced: { match: 0.9, matchIfGood: 1, mismatch: 1.3, leastConfidence: 0.8 },
    lenient: { match: 1, matchIfGood: 1.1, mismatch: 1.3, leastConfidence: 0.8 },
  },
  points: Array.from({ length: 101 }, (_, i) => {
    const distance = (i * 2) / 100;
    const below = (centre: number) => 1 / (1 + Math.exp(-(distance - centre) * 20));
    return { distance, fmr: rate(below(1.4)), fnmr: rate(1 - below(0.8)), alikeFmr: null };
  }),
  genuinePairs: 1000,
  impostorPairs: 100_000,
  alike: null,
  source: 'made up for tests',
};

/** A question put to the double, to be answered when the test says so. */
export interface Asked {
  readonly name: string;
  readonly face: number | Face | undefined;
  readonly signal: AbortSignal | undefined;
  /** `distance`: of this face from any other. */
  answer(faces?: Face[], distance?: number): void;
  fail(error: unknown): void;
}

/** The package as the session uses it, answering only when told to. */
export class EngineDouble {
  readonly asked: Asked[] = [];
  readonly decided: { pair: string; options: DecisionOptions }[] = [];
  readonly detected: string[] = [];

  readonly api = {
    calibration,
    model: 'double',
    modelSha256: null,
    enrol: (photo: Photo, options: EnrolOptions = {}) => this.enrol(photo as File, options),
    detect: async (photo: Photo) => {
      this.detected.push((photo as File).name);
      return { width: 100, height: 100, faces: [face(5)], milliseconds: 1 };
    },
    decide: async (a: { name: string }, b: { name: string }, options: DecisionOptions = {}) => {
      this.decided.push({ pair: `${a.name} ${b.name}`, options });
      const bounds = calibration.bounds[options.policy ?? 'balanced'];
      const verdict = { ...calibration.atThreshold, distance: 0.5, threshold: 1.1, isMatch: true };
      return { outcome: 'match', reasons: [], bounds, verdict };
    },
    verify: async (a: { distance?: number }, b: { distance?: number }) => ({
      distance: a.distance ?? b.distance ?? 0.5,
    }),
    rates: async (distance: number) => ({ ...calibration.atThreshold, distance }),
  } as unknown as Visavis;

  latest(name: string): Asked {
    const found = this.asked.findLast((asked) => asked.name === name);
    if (!found) throw new Error(`nobody asked about ${name}`);
    return found;
  }

  private enrol(photo: File, { face: which, signal }: EnrolOptions): Promise<EnrolledFace> {
    return new Promise((resolve, reject) => {
      // Like the package: an abort rejects at once, later answers fall on deaf ears.
      signal?.addEventListener('abort', () => reject(new VisavisError('cancelled', 'aborted')));
      const answer = (faces = [face(10)], distance?: number) =>
        resolve({
          name: photo.name,
          width: 100,
          height: 100,
          faces,
          distance,
        } as unknown as EnrolledFace);
      this.asked.push({ name: photo.name, face: which, signal, answer, fail: reject });
    });
  }
}

export const photo = (name: string) => new File([name], name);

/** Lets promises that are due settle. */
export const settle = () => new Promise((resolve) => setTimeout(resolve));
