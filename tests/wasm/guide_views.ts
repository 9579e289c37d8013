import type {
  Face,
  TrackedFace,
  TrackedQuality,
  TrackedView,
} from '../../wasm/dist/shared/types.js';

/** Of a face that is fit to be compared. */
const GOOD: TrackedQuality = {
  ...{ eyeDistance: 110, sharpness: 0.4, brightness: 130, contrast: 40, yaw: 0, visible: 1 },
  ...{ pitch: 0, roll: 0, eyesOpen: 0.3, mouthOpen: 0, interEyeDistance: 110, headSize: 0.3 },
  ...{ marginLeft: 5, marginRight: 5, marginAbove: 2, marginBelow: 2 },
  ...{ luminanceMean: 0.3, luminanceVariance: 0.02, dynamicRange: 6, overExposed: 0 },
  ...{ underExposed: 0, glare: 0, illuminationUniformity: 0.8, lightBalance: 0, naturalColour: 0 },
};

/** Of a frame of 1000 x 1000; the face's width and middle are shares of it. */
export interface Drawn extends Partial<TrackedQuality> {
  width?: number;
  x?: number;
  y?: number;
  /** Width of another face. */
  other?: number;
}

export function view(drawn: Drawn | null): TrackedView {
  const size = { width: 1000, height: 1000, milliseconds: 1 };
  if (drawn === null) return { ...size, face: null, others: [] };
  const { width = 0.42, x = 0.5, y = 0.46, other, ...quality } = drawn;
  const face = faceAt(1000 * x, 1000 * y, 1000 * width);
  const landmarks = Array.from({ length: 68 }, () => ({ x: 1000 * x, y: 1000 * y }));
  const tracked: TrackedFace = { ...face, landmarks, quality: { ...GOOD, ...quality } };
  return {
    ...size,
    face: tracked,
    others: other === undefined ? [] : [faceAt(100, 100, 1000 * other)],
  };
}

export function faceAt(x: number, y: number, width: number): Face {
  const point = { x, y };
  return {
    box: { left: x - width / 2, top: y - width / 2, width, height: width },
    confidence: 0.95,
    keypoints: {
      ...{ leftEye: point, rightEye: point, noseTip: point },
      ...{ mouthCentre: point, leftEar: point, rightEar: point },
    },
  };
}
