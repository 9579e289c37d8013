import type { Face, Keypoints, Point } from './types.js';

/** kVisavisFaceValues of api.h. */
export const FACE_VALUES = 17;

export const KEYPOINTS = [
  'leftEye',
  'rightEye',
  'noseTip',
  'mouthCentre',
  'leftEar',
  'rightEar',
] as const satisfies readonly (keyof Keypoints)[];

/** kVisavisLandmarkValues of api.h. */
export const LANDMARK_VALUES = 136;

/** From the numbers of api.h. */
export function faceFromValues(values: ArrayLike<number>): Face {
  const at = (i: number): number => values[i] as number;
  const keypoint = (i: number): Point => ({ x: at(5 + 2 * i), y: at(6 + 2 * i) });
  return {
    box: { left: at(0), top: at(1), width: at(2), height: at(3) },
    confidence: at(4),
    keypoints: Object.fromEntries(KEYPOINTS.map((name, i) => [name, keypoint(i)])) as never,
  };
}

/** x, y, x, y .. */
export function pointsFromValues(values: ArrayLike<number>): Point[] {
  return Array.from({ length: values.length / 2 }, (_, i) => ({
    x: values[2 * i] as number,
    y: values[2 * i + 1] as number,
  }));
}

/** The face in another size of the same picture. */
export function scaledFace(face: Face, x: number, y: number): Face {
  const { left, top, width, height } = face.box;
  return {
    box: { left: left * x, top: top * y, width: width * x, height: height * y },
    confidence: face.confidence,
    keypoints: Object.fromEntries(
      KEYPOINTS.map((name) => [name, scaledPoint(face.keypoints[name], x, y)]),
    ) as never,
  };
}

export function scaledPoint(point: Point, x: number, y: number): Point {
  return { x: point.x * x, y: point.y * y };
}

/** To the numbers of api.h; what is no number becomes NaN, which the core refuses. */
export function faceToValues(face: Face): number[] {
  const { left, top, width, height } = face.box;
  const points = KEYPOINTS.flatMap((name) => [face.keypoints[name].x, face.keypoints[name].y]);
  return [left, top, width, height, face.confidence, ...points].map(Number);
}
