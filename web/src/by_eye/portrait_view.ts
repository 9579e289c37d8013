import type { Keypoints, Point } from 'visavis';
import { create } from '../shared/dom';
import { type Eyes, placing, PORTRAIT, refinedEyes } from './portrait';

/** A photo, and the face on it. */
export interface PhotoOfFace {
  /** Object URL. */
  readonly url: string;
  readonly keypoints: Keypoints;
}

/** 68 landmarks of the face in a picture, in its pixels; null where there is none. */
export type FindLandmarks = (picture: HTMLCanvasElement) => Promise<readonly Point[] | null>;

export function createPortrait(title: string): HTMLCanvasElement {
  const canvas = create('canvas');
  canvas.width = PORTRAIT.width;
  canvas.height = PORTRAIT.height;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', title);
  return canvas;
}

/**
 * Draws the photo upright, its eyes where every portrait has them. The detector's eyes are rough, so landmarks are looked
 * for on a first drawing and it is drawn again.
 */
export async function drawPortrait(
  canvas: HTMLCanvasElement,
  { url, keypoints }: PhotoOfFace,
  findLandmarks: FindLandmarks,
): Promise<void> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const coarse = { left: keypoints.leftEye, right: keypoints.rightEye };
  draw(canvas, image, coarse);
  draw(canvas, image, refinedEyes(coarse, await findLandmarks(canvas)));
}

function draw(canvas: HTMLCanvasElement, image: HTMLImageElement, eyes: Eyes): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.resetTransform();
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(...placing(eyes));
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0);
}
