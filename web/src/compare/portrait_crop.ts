import type { Box } from 'visavis';

/** The part of a photo that shows the face with hair and neck: this many times the face's box wide. */
const FACES_WIDE = 2.4;
/** Where the middle of the face's box lies, in shares of the part's height: there is more hair than chin in a box. */
const FACE_AT = 0.48;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The part of a photo to be shown of a face, in a frame of this shape (width over height). Faces of all photos come out
 * equally large, except where a photo has no more round its face than itself: of no photo is there more than the whole.
 */
export function portraitCrop({ left, top, width, height }: Box, photo: Size, ratio: number): Box {
  const whole = Math.max(photo.width, photo.height * ratio);
  const wide = Math.min(FACES_WIDE * Math.max(width, height), whole);
  const high = wide / ratio;
  return {
    left: placed(left + width / 2 - wide / 2, wide, photo.width),
    top: placed(top + height / 2 - FACE_AT * high, high, photo.height),
    width: wide,
    height: high,
  };
}

/** Within the photo; in its middle where it is smaller than the part. */
function placed(start: number, length: number, most: number): number {
  if (length >= most) return (most - length) / 2;
  return Math.min(Math.max(start, 0), most - length);
}

export function showsAll(crop: Box, photo: Size): boolean {
  return crop.width >= photo.width && crop.height >= photo.height;
}
