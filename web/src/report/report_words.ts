import type { DecisionBounds } from 'visavis';
import type { CaptureWay } from '../shared/capture_way';
import type { EyeFeature, EyeFinding, PhotoRecord } from './report';

/** All words of the report that do not come with it. */
export const REPORT_WORDS = {
  title: 'visavis report',
  passport: 'Passport photo',
  selfie: 'Selfie',
  alignedFace: 'The face, aligned, as the network saw it',
  photosLeftOut: 'This report was saved without the photos.',
  photos: 'The photos',
  decision: 'The comparison',
  made: 'Made by',
  byEye: 'Compared by eye',
  notHashed:
    'not computed: that needs a page opened over https, and the file where it was when it was chosen',
  none: 'none',

  file: 'File',
  sha256: 'SHA-256',
  size: 'Size',
  capture: 'Taken by',
  faces: 'Faces found',
  eyeDistance: 'Between the eyes',
  light: 'Light',
  sharpness: 'Sharpness',
  pose: 'Pose',
  issues: 'Remarks',

  distance: 'Distance',
  bounds: 'Bounds',
  strangers: 'Different people this alike',
  samePerson: 'One person this different',
  measuredOn: 'Measured on',

  version: 'Program',
  modelFile: 'Model file, SHA-256',
  time: 'Compared at',
  browser: 'Browser',

  checkedBy: 'Checked by',
  humanDecision: 'Decision',
  signature: 'Signature',
} as const;

export const CAPTURE_WAYS: Record<CaptureWay, string> = {
  camera: 'this page’s camera',
  file: 'chosen as a file',
  pasted: 'pasted',
};

export const FEATURE_NAMES: Record<EyeFeature, string> = {
  ears: 'Ears',
  brows: 'Brows',
  nose: 'Nose',
  scars: 'Scars',
  moles: 'Moles',
};

export const FINDING_NAMES: Record<EyeFinding['finding'], string> = {
  alike: 'Alike',
  differs: 'Different',
  unclear: 'Not to be seen',
};

const NUMBERS = new Intl.NumberFormat('en');

export function sizeWords({ width, height, bytes }: PhotoRecord): string {
  return `${width} × ${height} pixels, ${NUMBERS.format(bytes)} bytes`;
}

export function versionWords(version: string, model: string): string {
  return `visavis ${version}, model ${model}`;
}

export function facesWords(faces: number, confidence: number): string {
  return `${faces}; sure that the marked one is a face: ${percentWords(confidence)}`;
}

export function pixelsWords(pixels: number): string {
  return `${pixels.toFixed(0)} pixels`;
}

export function lightWords(brightness: number, contrast: number): string {
  return `brightness ${brightness.toFixed(0)} of 255, contrast ${contrast.toFixed(0)}`;
}

/** `yaw` in degrees, positive towards the photo's right. */
export function poseWords(yaw: number, visible: number): string {
  const degrees = Math.round(Math.abs(yaw));
  const turned =
    degrees === 0 ? 'from the front' : `turned ${degrees}° to the ${yaw > 0 ? 'right' : 'left'}`;
  return `${turned}, ${percentWords(visible)} inside the photo`;
}

export function distanceWords(distance: number): string {
  return `${distance.toFixed(3)} (0 is alike, 2 is opposite)`;
}

export function boundsWords(
  { match, matchIfGood, mismatch }: DecisionBounds,
  policy: string,
): string {
  return (
    `match below ${match.toFixed(3)} (${matchIfGood.toFixed(3)} of two good photos), ` +
    `mismatch from ${mismatch.toFixed(3)} on; how careful: ${policy}`
  );
}

export function alikeWords(groupedBy: string, odds: string): string {
  return `; of the same ${groupedBy}: ${odds}`;
}

/** A share as a percentage with two leading digits. */
export function percentWords(rate: number): string {
  return `${Number((100 * rate).toPrecision(2))}%`;
}

export function intervalWords(low: number, high: number): string {
  return `95% interval ${percentWords(low)} to ${percentWords(high)}`;
}

/** Of the dialog that saves it. */
export const SAVING_WORDS = {
  title: 'Save report',
  close: 'Close “Save report”',
  what: 'One file with the outcome, both photos and how it was found. It needs no connection and prints on one page.',
  bare: 'Leave the photos out',
  personal:
    'The file is saved on this device and sent nowhere. With or without photos it tells of two people: keep it as you keep a copy of a passport.',
  save: 'Save',
  saveJson: 'Save as JSON',
  print: 'Print',
  saved: (name: string) => `Report saved: ${name}.`,
} as const;
