import { VisavisError } from '../shared/errors.js';
import { unreadable } from './refusals.js';

/** core/image/image.h: more pixels are refused, before anything is decoded. */
export const MAX_IMAGE_PIXELS = 120_000_000;
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Throws 'unreadable-image' for an empty file and 'image-too-large' above MAX_FILE_BYTES. */
export function requireFileSize(bytes: number): void {
  if (bytes === 0) throw unreadable('The file is empty; copy or download it again.');
  if (bytes > MAX_FILE_BYTES) {
    throw new VisavisError(
      'image-too-large',
      `The file has ${megabytes(bytes)} MB, more than the ${megabytes(MAX_FILE_BYTES)} MB that are read; save a smaller copy.`,
    );
  }
}

/** Throws 'image-too-large' above MAX_IMAGE_PIXELS, 'unreadable-image' for a side of 0. */
export function requireImageSize(width: number, height: number): void {
  const size = `The image has ${width} x ${height} pixels`;
  if (width < 1 || height < 1) throw unreadable(`${size}; save it again.`);
  if (width * height > MAX_IMAGE_PIXELS) {
    const most = MAX_IMAGE_PIXELS / 1e6;
    throw new VisavisError(
      'image-too-large',
      `${size}, more than the ${most} million that are read; save a smaller copy.`,
    );
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
